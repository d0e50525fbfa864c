package dev.forebay.api.auth.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the issuer is asked for its keys, and how long they serve. */
class SigningKeysTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration MOMENT = Duration.ofMillis(1);

  private static final int CROWD = 200;

  private final TestClock clock = new TestClock();
  private TestIssuer issuer;
  private SigningKeys keys;

  @BeforeEach
  void start() throws Exception {
    issuer = new TestIssuer();
    keys = new SigningKeys(new JwksClient(issuer.config().jwks()), clock);
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  @Test
  void keys_areFetchedOnceWhileTheyAreFresh() {
    for (int i = 0; i < 100; i++) {
      assertThat(keys.find("rsa-1")).isPresent();
      assertThat(keys.find("ec-1")).isPresent();
      clock.advance(Duration.ofSeconds(3));
    }

    assertThat(issuer.fetches).hasValue(1);
  }

  @Test
  void randomIds_causeOneFetchInItsTime() {
    assertThat(keys.find("rsa-1")).isPresent();
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < 20; i++) {
        assertThat(keys.find("random-" + second + "-" + i)).isEmpty();
      }
      clock.advance(Duration.ofSeconds(1));
    }

    assertThat(issuer.fetches).hasValue(1 + 5);
  }

  @Test
  void key_thatIsNew_servesFromItsFirstToken() throws Exception {
    assertThat(keys.find("rsa-1")).isPresent();
    RSAKey fresh = TestIssuer.rsa("rsa-2");
    issuer.publish(issuer.rsa, fresh);
    clock.advance(SigningKeys.SPACING);

    assertThat(keys.find("rsa-2")).isPresent();
    assertThat(keys.find("rsa-1")).isPresent();
    assertThat(issuer.fetches).hasValue(2);
  }

  /** Whoever has read the keys must not miss those that come before it asks whether any are due. */
  @Test
  void key_thatComesWhileItIsLookedFor_isFound() throws Exception {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    SigningKeys watched =
        new SigningKeys(
            new JwksClient(issuer.config().jwks()),
            () -> {
              meanwhile.getAndSet(() -> {}).run();
              return clock.read();
            });
    assertThat(watched.find("rsa-1")).isPresent();
    issuer.publish(issuer.rsa, TestIssuer.rsa("rsa-2"));
    clock.advance(SigningKeys.SPACING);
    meanwhile.set(() -> assertThat(watched.find("rsa-2")).isPresent());

    assertThat(watched.find("rsa-2")).isPresent();
    assertThat(issuer.fetches).hasValue(2);
  }

  @Test
  void key_thatIsWithdrawn_isRefusedOnceKeysAreRenewed() throws Exception {
    assertThat(keys.find("rsa-1")).isPresent();
    issuer.publish(TestIssuer.rsa("rsa-2"));
    clock.advance(SigningKeys.FRESH.plus(MOMENT));

    assertThat(keys.find("rsa-1")).as("the request does not wait").isPresent();
    await().atMost(PATIENCE).until(() -> keys.find("rsa-1").isEmpty());
    assertThat(issuer.fetches.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void outage_afterTheFirstFetch_isBridgedForItsTime() throws Exception {
    assertThat(keys.find("rsa-1")).isPresent();
    issuer.goAway();

    clock.advance(SigningKeys.OUTAGE);
    assertThat(keys.find("rsa-1")).isPresent();
    assertThat(keys.find("unknown")).isEmpty();
    clock.advance(MOMENT);
    assertThatThrownBy(() -> keys.find("rsa-1")).isInstanceOf(KeysUnavailableException.class);

    issuer.comeBack();
    clock.advance(SigningKeys.SPACING);
    assertThat(keys.find("rsa-1")).isPresent();
  }

  @Test
  void outage_beforeTheFirstFetch_isTriedAgainAtIntervals() throws Exception {
    issuer.answer(exchange -> TestIssuer.send(exchange, 500, "no"));
    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(() -> keys.find("rsa-1"))
          .isInstanceOfSatisfying(
              KeysUnavailableException.class,
              e -> assertThat(e.retryAfter()).isEqualTo(SigningKeys.SPACING));
    }
    assertThat(issuer.fetches).hasValue(1);

    issuer.answerWithKeys();
    clock.advance(SigningKeys.SPACING.minus(MOMENT));
    assertThatThrownBy(() -> keys.find("rsa-1")).isInstanceOf(KeysUnavailableException.class);
    clock.advance(MOMENT);
    assertThat(keys.find("rsa-1")).isPresent();
  }

  @Test
  void askers_atOnce_shareOneFetch() throws Exception {
    List<Callable<Optional<JWK>>> askers = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      askers.add(() -> keys.find("rsa-1"));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Optional<JWK>> found : threads.invokeAll(askers)) {
        assertThat(found.get()).isPresent();
      }
    }

    assertThat(issuer.fetches).hasValue(1);
  }

  /** They could take every slot of the API for as long as the issuer hangs. */
  @Test
  void strangers_whileTheIssuerHangs_areSentAwayAtOnceButForAFew() throws Exception {
    assertThat(keys.find("rsa-1")).isPresent();
    issuer.answer(SigningKeysTest::stalled);
    clock.advance(SigningKeys.SPACING);

    List<Duration> waits =
        waits(
            CROWD,
            i ->
                assertThatThrownBy(() -> keys.find("random-" + i))
                    .isInstanceOfSatisfying(
                        KeysUnavailableException.class,
                        e -> assertThat(e.retryAfter()).isEqualTo(SigningKeys.MOMENT)));

    assertThat(waits.get(CROWD - SigningKeys.STRANGERS - 1)).isLessThan(SigningKeys.MOMENT);
    assertThat(waits.getLast()).isLessThan(JwksClient.DEADLINE);
    assertThat(keys.find("rsa-1")).isPresent();
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(KeysUnavailableException.class)
        .until(() -> keys.find("random-0").isEmpty());
    assertThat(issuer.fetches).hasValue(2);
  }

  /** All clients have tokens of the new key at the same moment. */
  @Test
  void key_thatIsNew_isUnknownToNobodyWhileItIsFetched() throws Exception {
    assertThat(keys.find("rsa-1")).isPresent();
    String published = new JWKSet(List.of(issuer.rsa, TestIssuer.rsa("rsa-2"))).toString(true);
    Queue<Optional<JWK>> found = new ConcurrentLinkedQueue<>();
    Queue<Duration> comeAgain = new ConcurrentLinkedQueue<>();
    int most = CROWD - SigningKeys.STRANGERS;
    issuer.answer(exchange -> {
      await().atMost(PATIENCE).until(() -> comeAgain.size() >= most);
      TestIssuer.send(exchange, 200, published);
    });
    clock.advance(SigningKeys.SPACING);

    waits(
        CROWD,
        i -> {
          try {
            found.add(keys.find("rsa-2"));
          } catch (KeysUnavailableException e) {
            comeAgain.add(e.retryAfter());
          }
        });

    assertThat(found).allMatch(Optional::isPresent);
    assertThat(comeAgain).hasSizeGreaterThanOrEqualTo(most).allMatch(SigningKeys.MOMENT::equals);
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(KeysUnavailableException.class)
        .until(() -> keys.find("rsa-2").isPresent());
    assertThat(issuer.fetches).hasValue(2);
  }

  @Test
  void askers_whoNeedTheFirstKeys_waitOnlySoMany() throws Exception {
    issuer.answer(SigningKeysTest::stalled);
    Queue<Duration> comeAgain = new ConcurrentLinkedQueue<>();

    List<Duration> waits =
        waits(
            CROWD,
            i ->
                assertThatThrownBy(() -> keys.find("rsa-1"))
                    .isInstanceOfSatisfying(
                        KeysUnavailableException.class, e -> comeAgain.add(e.retryAfter())));

    assertThat(waits.get(CROWD - SigningKeys.FIRST - 1)).isLessThan(JwksClient.DEADLINE);
    assertThat(issuer.fetches).hasValue(1);
    assertThat(comeAgain.stream().filter(SigningKeys.SPACING::equals))
        .as("those who waited")
        .hasSize(SigningKeys.FIRST);
    assertThat(comeAgain.stream().filter(SigningKeys.MOMENT::equals))
        .hasSize(CROWD - SigningKeys.FIRST);
  }

  /** How long each of many waits who ask at once, the shortest first. */
  private static List<Duration> waits(int number, IntConsumer ask) throws Exception {
    List<Callable<Duration>> askers = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      int asker = i;
      askers.add(() -> {
        long begin = System.nanoTime();
        ask.accept(asker);
        return Duration.ofNanos(System.nanoTime() - begin);
      });
    }
    List<Duration> waits = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Duration> wait : threads.invokeAll(askers)) {
        waits.add(wait.get());
      }
    }
    Collections.sort(waits);
    return waits;
  }

  @Test
  void answers_thatAreNoKeys_replaceNothing() {
    assertThat(keys.find("rsa-1")).isPresent();
    List<TestIssuer.Answer> bad =
        List.of(
            exchange -> TestIssuer.send(exchange, 500, "{\"keys\":[]}"),
            exchange -> TestIssuer.send(exchange, 200, "<html>"),
            exchange -> TestIssuer.send(exchange, 200, ""),
            exchange -> TestIssuer.send(exchange, 200, "{\"keys\":7}"),
            exchange -> TestIssuer.send(exchange, 200, "{\"keys\":null}"),
            exchange -> TestIssuer.send(exchange, 200, "[]"),
            exchange -> TestIssuer.send(exchange, 200, "null"),
            exchange -> TestIssuer.send(exchange, 200, "[".repeat(100_000)),
            exchange -> {
              exchange.getResponseHeaders().set("Location", "/other");
              TestIssuer.send(exchange, 302, "");
            },
            exchange -> exchange.close());
    for (TestIssuer.Answer answer : bad) {
      issuer.answer(answer);
      clock.advance(SigningKeys.SPACING);
      assertThat(keys.find("rsa-2")).isEmpty();
      assertThat(keys.find("rsa-1")).isPresent();
    }
    assertThat(issuer.fetches.get()).isGreaterThanOrEqualTo(1 + bad.size());
  }

  @Test
  void key_thatCannotBeRead_costsNoOther() {
    String strange =
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\",\"kid\":\"a\"},"
            + "{\"kty\":\"RSA\",\"kid\":\"b\"},{\"kty\":\"new\"},{},null,7,[],\"a\",{\"kty\":7},"
            + "{\"kty\":\"EC\",\"crv\":\"other\",\"x\":\"AA\",\"y\":\"AA\"},";
    issuer.answer(exchange ->
        TestIssuer.send(
            exchange,
            200,
            "{\"keys\":[" + strange + issuer.rsa.toPublicJWK().toJSONString() + "]}"));

    assertThat(keys.find("rsa-1")).isPresent();
    assertThat(keys.find("b")).isEmpty();
  }

  @Test
  void answer_withoutEnd_isCutOff() {
    issuer.answer(SigningKeysTest::endless);

    assertThatThrownBy(() -> new JwksClient(issuer.config().jwks()).fetch())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than");
  }

  @Test
  void answer_thatStalls_isCutOff() {
    issuer.answer(SigningKeysTest::stalled);
    long begin = System.nanoTime();

    assertThatThrownBy(() -> new JwksClient(issuer.config().jwks()).fetch())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("within");
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(JwksClient.DEADLINE, JwksClient.DEADLINE.plusSeconds(5));
  }

  private static void endless(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] part = new byte[8192];
    try (OutputStream out = exchange.getResponseBody()) {
      for (long sent = 0; sent < 100L * JwksClient.MAX_BYTES; sent += part.length) {
        out.write(part);
      }
    }
  }

  private static void stalled(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 100);
    exchange.getResponseBody().write('{');
    exchange.getResponseBody().flush();
  }
}
