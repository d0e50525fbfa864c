package dev.forebay.ops.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.kv.ApiToken;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.KvConfig;
import dev.forebay.kv.KvListener;
import dev.forebay.kv.KvPair;
import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.EmulatorLimits;
import dev.forebay.kv.emulator.Fault;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.kv.emulator.Operation;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.kv.pace.RetryPolicy;
import dev.forebay.ops.faults.check.Canaries.Canary;
import dev.forebay.ops.faults.check.Violations.Promise;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A judge that never convicts would make every run look well. */
class AppliedLogTest {

  private static final Duration BOUND = Duration.ofSeconds(60);

  private volatile Instant now = Instant.parse("2026-11-25T12:00:00Z");
  private final Violations violations = new Violations();
  private final Canaries canaries = new Canaries(violations);
  private boolean twoWriters;
  private KvEmulator kv;
  private CloudflareKvClient client;
  private AppliedLog log;

  @BeforeEach
  void start() throws IOException {
    InstantSource clock = () -> now;
    kv =
        new KvEmulator(
            EmulatorConfig.of(0, "documents", "t")
                .withLimits(EmulatorLimits.none())
                .withClock(clock));
    client =
        new CloudflareKvClient(
            KvConfig.of(kv.namespacesUrl("emulator"), "documents", ApiToken.of("t"))
                .withKeyFloor(Duration.ZERO)
                .withRetry(RetryPolicy.never()),
            RequestBudget.unlimited(),
            KvListener.NONE);
    Excuses excuses =
        new Excuses() {
          @Override
          public boolean twoWriters(Instant from, Instant to) {
            return twoWriters;
          }

          @Override
          public boolean lostAnswers(Instant from, Instant to) {
            return false;
          }
        };
    log =
        new AppliedLog(
            kv.namespace("emulator", "documents"),
            "faults.",
            (key, document) -> document.has("bad") ? Optional.of("it is bad") : Optional.empty(),
            canaries,
            excuses,
            violations,
            BOUND);
  }

  @AfterEach
  void stop() {
    client.close();
    kv.close();
  }

  private void write(String key, String value, String snapshot) {
    client.bulkWrite(
        List.of(new KvPair("faults." + key, value, "{\"snapshot\":\"" + snapshot + "\"}", null)));
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private int count(Promise promise) {
    log.follow();
    return violations.count(promise);
  }

  @Test
  void newerSnapshots_areFine() {
    write("a", "1", "10:20:15");
    pass(Duration.ofSeconds(1));
    write("a", "2", "10:20:");
    pass(Duration.ofSeconds(1));
    write("a", "3", "10:20:");
    log.follow();

    assertThat(violations.texts()).isEmpty();
  }

  @Test
  void snapshotThatLacksATransactionOfTheOneBefore_isARegression() {
    write("a", "1", "10:20:");
    pass(Duration.ofSeconds(1));
    write("a", "2", "15:21:15");

    assertThat(count(Promise.REGRESSED)).isEqualTo(1);
  }

  @Test
  void olderSnapshot_isARegressionAlsoAfterADelete() {
    write("a", "2", "10:20:");
    pass(Duration.ofSeconds(1));
    client.bulkDelete(List.of("faults.a"));
    pass(Duration.ofSeconds(1));
    write("a", "1", "10:19:");

    assertThat(count(Promise.REGRESSED)).isEqualTo(1);
  }

  @Test
  void olderSnapshotOfAReplacedWorker_mustBeRepairedInTime() {
    write("a", "2", "10:20:");
    pass(Duration.ofSeconds(1));
    twoWriters = true;
    write("a", "1", "10:19:");
    log.follow();
    assertThat(violations.none()).isTrue();

    pass(BOUND.plusSeconds(1));
    write("a", "3", "10:21:");

    assertThat(count(Promise.REPAIRED)).isEqualTo(1);
    assertThat(log.longestRepair()).isEqualTo(BOUND.plusSeconds(1));
  }

  @Test
  void lateApply_overwrittenInTime_isFine() {
    kv.faults().next(1, Operation.BULK_WRITE, Fault.lateApply(Duration.ofSeconds(5)));
    write("a", "1", "10:19:");
    pass(Duration.ofSeconds(2));
    write("a", "2", "10:20:");
    pass(Duration.ofSeconds(10));
    write("a", "2", "10:21:");
    log.follow();

    assertThat(violations.texts()).isEmpty();
    assertThat(log.late()).isEqualTo(1);
    assertThat(log.longestRepair()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void lateApply_neverOverwritten_isFoundAtTheEnd() {
    kv.faults().next(1, Operation.BULK_WRITE, Fault.lateApply(Duration.ofSeconds(5)));
    write("a", "1", "10:19:");
    pass(Duration.ofSeconds(2));
    write("a", "2", "10:20:");
    pass(Duration.ofSeconds(10));
    log.follow();

    log.finish(now.plus(BOUND));

    assertThat(count(Promise.REPAIRED)).isEqualTo(1);
  }

  @Test
  void twoWritesWithinASecond_areTooMany() {
    write("a", "1", "10:19:");
    pass(Duration.ofMillis(999));
    write("a", "2", "10:20:");

    assertThat(count(Promise.PACED)).isEqualTo(1);
  }

  @Test
  void valueThatBreaksARule_isAPhantom() {
    write("a", "{\"bad\":1}", "10:19:");

    assertThat(count(Promise.PHANTOM)).isEqualTo(1);
  }

  @Test
  void canary_confirmedButNotApplied_isAnAccusationOnce() {
    canaries.committed(new Canary(1, 7, 100, now));
    write("canary:1", "{\"n\":\"6\"}", "10:19:");
    log.follow();
    canaries.acknowledged(99, now);
    assertThat(violations.none()).isTrue();

    canaries.acknowledged(100, now);
    canaries.acknowledged(101, now);

    assertThat(violations.count(Promise.ACKNOWLEDGED)).isEqualTo(1);
  }

  @Test
  void canary_newerValueApplied_isCovered() {
    canaries.committed(new Canary(1, 7, 100, now));
    pass(Duration.ofSeconds(3));
    assertThat(canaries.trueLag(now)).isEqualTo(Duration.ofSeconds(3));
    write("canary:1", "{\"n\":\"8\"}", "10:19:");
    log.follow();

    canaries.acknowledged(100, now);

    assertThat(violations.none()).isTrue();
    assertThat(canaries.trueLag(now)).isZero();
  }

  @Test
  void convergence_tellsMissingExtraAndDifferent() {
    write("same", "{\"a\":1,\"b\":2}", "1:1:");
    write("other", "{\"a\":1}", "1:1:");
    write("extra", "{}", "1:1:");

    int compared =
        Convergence.compare(
            Map.of(
                "faults.same", "{\"b\":2, \"a\":1}",
                "faults.other", "{\"a\":2}",
                "faults.missing", "{}"),
            kv.namespace("emulator", "documents").all(),
            violations);

    assertThat(compared).isEqualTo(4);
    assertThat(violations.count(Promise.EXTRA)).isEqualTo(1);
    assertThat(violations.count(Promise.LOST)).isEqualTo(2);
    assertThat(violations.texts().toString()).contains("faults.other", "faults.missing");
  }
}
