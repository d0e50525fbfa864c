package dev.forebay.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.kv.emulator.Applied;
import dev.forebay.kv.emulator.EmulatedNamespace;
import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.EmulatorLimits;
import dev.forebay.kv.emulator.Fault;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.kv.emulator.ManualClock;
import dev.forebay.kv.emulator.Operation;
import dev.forebay.kv.emulator.StoredValue;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.kv.pace.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the client reports, compared with what the server did. */
class FaultsTest {

  private final ManualClock clock = new ManualClock(Instant.now());
  private final RequestBudget budget = RequestBudget.unlimited();
  private KvEmulator emulator;
  private EmulatedNamespace namespace;
  private CloudflareKvClient client;

  @BeforeEach
  void start() throws IOException {
    emulator =
        new KvEmulator(
            EmulatorConfig.of(0, "ns", "t0k3n").withClock(clock).withLimits(EmulatorLimits.none()));
    namespace = emulator.namespace("emulator", "ns");
    client = client(3);
  }

  @AfterEach
  void stop() {
    client.close();
    emulator.close();
  }

  private CloudflareKvClient client(int attempts) {
    KvConfig config =
        KvConfig.of(emulator.namespacesUrl("emulator"), "ns", ApiToken.of("t0k3n"))
            .withCallTimeout(Duration.ofMillis(600))
            .withLateApplyWindow(Duration.ofSeconds(60))
            .withRetry(
                new RetryPolicy(
                    attempts, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(10)))
            .withKeyFloor(Duration.ZERO);
    return new CloudflareKvClient(config, budget, KvListener.NONE, new OkHttpClient(), clock);
  }

  @Test
  void timeOutAfterApply_isRepeatedAndStaysOpen() {
    emulator.faults().next(1, Operation.BULK_WRITE, Fault.timeOutAfterApply());

    KeyOutcome outcome = client.bulkWrite(List.of(KvPair.of("a", "1"))).outcome("a");

    assertThat(outcome).isEqualTo(new KeyOutcome.Stored(clock.instant().plusSeconds(60)));
    assertThat(namespace.log()).extracting(Applied::key).containsExactly("a", "a");
  }

  @Test
  void timeOutAfterApply_halvesTheNextAttempt() {
    emulator.faults().next(1, Operation.BULK_WRITE, Fault.timeOutAfterApply());

    BulkResult result = client.bulkWrite(pairs(10));

    assertThat(result.outcomes().values())
        .containsOnly(new KeyOutcome.Stored(clock.instant().plusSeconds(60)));
    assertThat(namespace.log().stream().map(Applied::request).distinct()).hasSize(3);
  }

  @Test
  void lateApply_landsOverANewerValueWithinTheTimeThatWasSaid() {
    emulator.faults().next(1, Operation.BULK_WRITE, Fault.lateApply(Duration.ofSeconds(50)));
    KeyOutcome outcome;
    try (CloudflareKvClient once = client(1)) {
      outcome = once.bulkWrite(List.of(KvPair.of("a", "old"))).outcome("a");
    }
    Instant openUntil = ((KeyOutcome.Ambiguous) outcome).openUntil();
    clock.advance(Duration.ofSeconds(10));
    client.bulkWrite(List.of(KvPair.of("a", "new")));
    assertThat(namespace.find("a").map(StoredValue::text)).contains("new");

    clock.advance(Duration.ofSeconds(40));
    assertThat(namespace.find("a").map(StoredValue::text)).contains("old");
    assertThat(clock.instant()).isBeforeOrEqualTo(openUntil);

    clock.advance(Duration.ofSeconds(11));
    assertThat(clock.instant()).isAfter(openUntil);
    client.bulkWrite(List.of(KvPair.of("a", "new")));
    assertThat(namespace.lateKeys()).isZero();
    assertThat(namespace.find("a").map(StoredValue::text)).contains("new");
  }

  @Test
  void noAnswerAtAll_isAmbiguousForEveryKey() {
    emulator.faults().next(9, Operation.BULK_DELETE, Fault.html524(new Fault.Effect.Dropped()));

    BulkResult result = client.bulkDelete(List.of("a", "b"));

    assertThat(result.outcomes().values())
        .hasSize(2)
        .allSatisfy(outcome ->
            assertThat(outcome)
                .isInstanceOfSatisfying(
                    KeyOutcome.Ambiguous.class,
                    it -> assertThat(it.cause()).hasMessageContaining("HTTP 524")));
  }

  @Test
  void ambiguousThenRefused_isStillAmbiguous() {
    emulator.faults().next(1, Operation.BULK_WRITE, Fault.timeOutAfterApply());
    emulator.faults().next(2, Operation.BULK_WRITE, Fault.throttled(null));

    KeyOutcome outcome = client.bulkWrite(List.of(KvPair.of("a", "1"))).outcome("a");

    assertThat(outcome)
        .isInstanceOfSatisfying(
            KeyOutcome.Ambiguous.class,
            it -> assertThat(it.cause()).isInstanceOf(KvException.Throttled.class));
  }

  @Test
  void disconnectMidBody_isAmbiguousAndRepeated() {
    emulator.faults().next(1, Operation.BULK_WRITE, Fault.disconnectMidBody());
    assertStoredAfterDoubt();
  }

  @Test
  void stalledBody_isAmbiguousAndRepeated() {
    emulator.faults().next(1, Operation.BULK_WRITE, Fault.stalledBody());
    assertStoredAfterDoubt();
  }

  private void assertStoredAfterDoubt() {
    assertThat(client.bulkWrite(List.of(KvPair.of("a", "1"))).outcome("a"))
        .isEqualTo(new KeyOutcome.Stored(clock.instant().plusSeconds(60)));
    assertThat(namespace.log()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503})
  void serverErrorThenGood_isStoredWithoutDoubt(int status) {
    emulator.faults().next(1, Operation.BULK_WRITE, Fault.serverError(status));

    assertThat(client.bulkWrite(List.of(KvPair.of("a", "1"))).outcome("a"))
        .isEqualTo(new KeyOutcome.Stored(null));
  }

  @Test
  void throttledWithoutRetryAfter_isRepeatedWithBackoff() {
    emulator.faults().next(2, Operation.BULK_WRITE, Fault.throttled(null));

    assertThat(client.bulkWrite(List.of(KvPair.of("a", "1"))).outcome("a"))
        .isEqualTo(new KeyOutcome.Stored(null));
    assertThat(emulator.requests()).isEqualTo(3);
  }

  @Test
  void throttledForLongerThanTheDeadline_failsAtOnceAndSaysUntilWhen() {
    emulator.faults().next(1, Operation.BULK_WRITE, Fault.throttled(Duration.ofSeconds(30)));
    Instant until = clock.instant().plusSeconds(30);

    KeyOutcome outcome = client.bulkWrite(List.of(KvPair.of("a", "1"))).outcome("a");

    assertThat(((KeyOutcome.Failed) outcome).cause())
        .isInstanceOfSatisfying(
            KvException.Throttled.class, e -> assertThat(e.until()).isEqualTo(until));
    assertThat(budget.lockedUntil()).isEqualTo(until);
    // Another client of the same budget asks nobody.
    try (CloudflareKvClient other = client(3)) {
      assertThatThrownBy(other::check)
          .isInstanceOfSatisfying(
              KvException.Throttled.class, e -> assertThat(e.until()).isEqualTo(until));
    }
    assertThat(emulator.requests()).isEqualTo(1);
  }

  @Test
  void halfTheKeysFailing_areRepeatedAlone() {
    emulator.faults().next(1, Operation.BULK_WRITE, Fault.failKeys(key -> key.hashCode() % 2 == 0));

    BulkResult result = client.bulkWrite(pairs(100));

    assertThat(result.outcomes().values()).containsOnly(new KeyOutcome.Stored(null));
    assertThat(namespace.log()).hasSize(100);
    assertThat(namespace.all()).hasSize(100);
  }

  @Test
  void challengePage_isUnavailable() {
    emulator.faults().next(3, Operation.LIST_KEYS, Fault.challenge());
    assertThatThrownBy(client::check)
        .isInstanceOf(KvException.Unavailable.class)
        .hasMessageContaining("challenge page");
  }

  @Test
  void oneBadPairAmongMany_isFoundAndTheOthersAreStored() {
    // The server's clock is ahead, so that it finds wrong what the client could not see.
    List<KvPair> pairs = new java.util.ArrayList<>(pairs(1000));
    Instant soon = Instant.ofEpochSecond(clock.instant().getEpochSecond() + 62);
    pairs.set(777, new KvPair("bad", "1", null, null, soon, false));
    BulkResult result;
    try (CloudflareKvClient late =
        new CloudflareKvClient(
            KvConfig.of(emulator.namespacesUrl("emulator"), "ns", ApiToken.of("t0k3n")),
            budget,
            KvListener.NONE,
            new OkHttpClient(),
            () -> clock.instant().minusSeconds(30))) {
      result = late.bulkWrite(pairs);
      clock.advance(Duration.ofSeconds(5));
      assertThat(late.bulkWrite(pairs).outcome("bad"))
          .isInstanceOfSatisfying(
              KeyOutcome.Failed.class,
              it ->
                  assertThat(it.cause())
                      .isInstanceOf(KvException.Rejected.class)
                      .hasMessageContaining("bulk write of 1 at")
                      .hasMessageContaining("invalid expiration"));
    }
    assertThat(result.outcomes().values()).containsOnly(new KeyOutcome.Stored(null));
    assertThat(namespace.log()).hasSize(1999);
    assertThat(emulator.requests()).isLessThan(2 * 14);
  }

  @Test
  void singlePut_afterATimeOut_saysUntilWhenItIsOpen() {
    emulator.faults().next(1, Operation.PUT_VALUE, Fault.timeOutAfterApply());
    assertThat(client.put(KvPair.of("a", "1")).openUntil())
        .isEqualTo(clock.instant().plusSeconds(60));

    emulator.faults().next(3, Operation.DELETE_VALUE, Fault.timeOutAfterApply());
    assertThatThrownBy(() -> client.delete("a")).isInstanceOf(KvException.Ambiguous.class);
  }

  @Test
  void createNamespace_withoutAnAnswer_isNotRepeated() {
    emulator.faults().next(1, Operation.CREATE_NAMESPACE, Fault.disconnectMidBody());
    KvConfig config = KvConfig.of(emulator.namespacesUrl("emulator"), "ns", ApiToken.of("t0k3n"));
    try (KvNamespaces namespaces = new KvNamespaces(config, budget, KvListener.NONE)) {
      assertThatThrownBy(() -> namespaces.create("new")).isInstanceOf(KvException.Ambiguous.class);
      assertThat(namespaces.findByTitle("new")).isPresent();
    }
  }

  @Test
  void verifyToken_ofUserAndAccount() throws IOException {
    EmulatorConfig.Token user =
        new EmulatorConfig.Token("user-token", EmulatorConfig.Access.NONE, false);
    EmulatorConfig.Token owned =
        new EmulatorConfig.Token("account-token", EmulatorConfig.Access.READ, true);
    EmulatorConfig.Account account =
        new EmulatorConfig.Account("acc", List.of("ns"), List.of(user, owned));
    try (KvEmulator other =
            new KvEmulator(EmulatorConfig.of(0, "x", "y").withAccounts(List.of(account)));
        KvNamespaces ofUser = namespaces(other, "user-token");
        KvNamespaces ofAccount = namespaces(other, "account-token")) {
      assertThat(ofUser.verifyUserToken()).isEqualTo("active");
      assertThat(ofAccount.verifyAccountToken()).isEqualTo("active");
      assertThatThrownBy(ofUser::verifyAccountToken).isInstanceOf(KvException.Unauthorised.class);
      assertThatThrownBy(ofAccount::verifyUserToken).isInstanceOf(KvException.Unauthorised.class);
      // A good token without permission, and one that may only read.
      assertThatThrownBy(ofUser::list).isInstanceOf(KvException.Unauthorised.class);
      assertThat(ofAccount.list()).hasSize(1);
      assertThatThrownBy(() -> ofAccount.create("z")).isInstanceOf(KvException.Unauthorised.class);
    }
  }

  private KvNamespaces namespaces(KvEmulator at, String token) {
    KvConfig config = KvConfig.of(at.namespacesUrl("acc"), "ns", ApiToken.of(token));
    return new KvNamespaces(config, budget, KvListener.NONE);
  }

  @Test
  void bulkGet_ofValuesTooLargeForOneAnswer() {
    String large = "x".repeat(15 * 1024 * 1024);
    try (CloudflareKvClient patient =
        new CloudflareKvClient(
            KvConfig.of(emulator.namespacesUrl("emulator"), "ns", ApiToken.of("t0k3n")),
            budget,
            KvListener.NONE)) {
      patient.bulkWrite(List.of(new KvPair("a", large, "{\"v\":1}", null), KvPair.of("b", large)));
      assertThat(patient.bulkGet(List.of("a", "b", "c")))
          .containsOnlyKeys("a", "b")
          .containsValues(new KvEntry(large, "{\"v\":1}"), new KvEntry(large, null));
    }
  }

  @Test
  void earliestWrite_isASecondAfterTheLastOne() {
    KvConfig config = KvConfig.of(emulator.namespacesUrl("emulator"), "ns", ApiToken.of("t0k3n"));
    try (CloudflareKvClient slow =
        new CloudflareKvClient(config, budget, KvListener.NONE, new OkHttpClient(), clock)) {
      assertThat(slow.earliestWrite("a")).isEqualTo(clock.instant());
      slow.bulkWrite(List.of(KvPair.of("a", "1")));
      slow.put(KvPair.of("b", "1"));
      assertThat(slow.earliestWrite("a")).isEqualTo(clock.instant().plusSeconds(1));
      assertThat(slow.earliestWrite("b")).isEqualTo(clock.instant().plusSeconds(1));
    }
  }

  private static List<KvPair> pairs(int count) {
    return IntStream.range(0, count).mapToObj(i -> KvPair.of("key-" + i, "value")).toList();
  }
}
