package dev.forebay.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.KvListener.Attempt;
import dev.forebay.kv.KvListener.Ending;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.kv.pace.RetryPolicy;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Interruption, closing, connections, and what a listener hears. */
class ClientLifeTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  private final MockWebServer server = new MockWebServer();
  private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  private final List<KvListener.Wait> waits = new CopyOnWriteArrayList<>();
  private final KvListener listener =
      new KvListener() {
        @Override
        public void onAttempt(Attempt attempt) {
          attempts.add(attempt);
        }

        @Override
        public void onWait(Wait reason, Duration time) {
          waits.add(reason);
        }
      };

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private CloudflareKvClient client(OkHttpClient base) {
    KvConfig config =
        KvConfig.of(URI.create(server.url("/n").toString()), "ns", ApiToken.of("t0k3n"))
            .withBatch(2, 100_000)
            .withKeyFloor(Duration.ofMillis(1))
            .withRetry(
                new RetryPolicy(
                    3, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(60)));
    return new CloudflareKvClient(
        config, RequestBudget.cloudflare(1), listener, base, InstantSource.system());
  }

  @Test
  void interruption_whileWaitingForTheAnswer_endsAtOnceAndKeepsTheFlag() throws Exception {
    server.enqueue(silent());
    try (CloudflareKvClient client = client(new OkHttpClient())) {
      CompletableFuture<BulkResult> result = new CompletableFuture<>();
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      Thread caller =
          Thread.ofPlatform()
              .start(() -> {
                result.complete(client.bulkWrite(pairs(6)));
                flag.complete(Thread.currentThread().isInterrupted());
              });
      RecordedRequest request = server.takeRequest();
      assertThat(request.getMethod()).isEqualTo("PUT");
      caller.interrupt();

      assertThat(result).succeedsWithin(SOON);
      assertThat(flag).succeedsWithin(SOON).isEqualTo(true);
      // The request that was sent is in doubt, the others were never sent.
      assertThat(result.join().outcome("key-0")).isInstanceOf(KeyOutcome.Ambiguous.class);
      assertThat(result.join().outcome("key-5"))
          .isInstanceOfSatisfying(
              KeyOutcome.Failed.class,
              failed -> assertThat(failed.cause()).isInstanceOf(KvException.Cancelled.class));
      assertThat(server.getRequestCount()).isEqualTo(1);
    }
  }

  @Test
  void interruption_whileThrottled_endsAtOnceWithNothingInDoubt() {
    server.enqueue(
        new MockResponse.Builder().code(429).addHeader("Retry-After", "30").body("").build());
    try (CloudflareKvClient client = client(new OkHttpClient())) {
      CompletableFuture<BulkResult> result = new CompletableFuture<>();
      Thread caller = Thread.ofPlatform().start(() -> result.complete(client.bulkWrite(pairs(1))));
      await().atMost(SOON).until(() -> !waits.isEmpty());
      caller.interrupt();

      assertThat(result).succeedsWithin(SOON);
      assertThat(((KeyOutcome.Failed) result.join().outcome("key-0")).cause())
          .isInstanceOf(KvException.Cancelled.class);
    }
  }

  @Test
  void close_endsCallsInFlight() throws Exception {
    server.enqueue(silent());
    CloudflareKvClient client = client(new OkHttpClient());
    CompletableFuture<BulkResult> result =
        CompletableFuture.supplyAsync(() -> client.bulkWrite(pairs(1)));
    server.takeRequest();

    client.close();

    assertThat(result).succeedsWithin(SOON);
    assertThat(result.join().outcome("key-0")).isInstanceOf(KeyOutcome.Ambiguous.class);
    assertThatThrownBy(client::check).isInstanceOf(KvException.Cancelled.class);
    client.close();
  }

  @Test
  void close_leavesNoThreads() {
    callAndClose();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          long before = threads();
          for (int i = 0; i < 20; i++) {
            callAndClose();
          }
          // OkHttp's own two threads serve every client of the process and end by themselves.
          assertThat(threads()).isLessThanOrEqualTo(before + 1);
        });
  }

  private void callAndClose() {
    server.enqueue(done());
    try (CloudflareKvClient client = client(new OkHttpClient())) {
      client.bulkWrite(pairs(1));
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.getName().startsWith("MockWebServer"))
        .count();
  }

  @Test
  void connections_areReused() throws Exception {
    try (CloudflareKvClient client = client(new OkHttpClient())) {
      for (int i = 0; i < 5; i++) {
        server.enqueue(done());
        client.bulkWrite(pairs(1));
      }
    }
    for (int i = 0; i < 5; i++) {
      RecordedRequest request = server.takeRequest();
      assertThat(request.getConnectionIndex()).isZero();
      assertThat(request.getExchangeIndex()).isEqualTo(i);
    }
  }

  @Test
  void http2_isSpoken() throws Exception {
    server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    OkHttpClient base =
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    server.enqueue(done());
    server.enqueue(done());
    try (CloudflareKvClient client = client(base)) {
      assertThat(client.bulkWrite(pairs(4)).outcomes().values())
          .containsOnly(new KeyOutcome.Stored(null));
    }
    assertThat(server.takeRequest().getVersion()).isEqualTo("HTTP/2");
    assertThat(server.takeRequest().getConnectionIndex()).isZero();
  }

  @Test
  void lostConnectionInTheMiddleOfTheRequestBody_isNotInDoubt() {
    MockResponse cut =
        new MockResponse.Builder().onRequestBody(new SocketEffect.CloseSocket()).build();
    for (int i = 0; i < 3; i++) {
      server.enqueue(cut);
    }
    KvPair large = KvPair.of("large", "x".repeat(20 * 1024 * 1024));
    try (CloudflareKvClient client = client(new OkHttpClient())) {
      assertThat(client.bulkWrite(List.of(large)).outcome("large"))
          .isInstanceOfSatisfying(
              KeyOutcome.Failed.class,
              failed -> assertThat(failed.cause()).isInstanceOf(KvException.Unavailable.class));
    }
    assertThat(attempts).extracting(Attempt::ending).containsOnly(Ending.REFUSED);
  }

  @Test
  void retryAfterZeroWith503_isNotRepeatedBehindOurBack() {
    for (int i = 0; i < 9; i++) {
      server.enqueue(
          new MockResponse.Builder().code(503).addHeader("Retry-After", "0").body("").build());
    }
    try (CloudflareKvClient client = client(new OkHttpClient())) {
      client.bulkWrite(pairs(1));
    }
    assertThat(attempts).hasSize(3);
    assertThat(server.getRequestCount()).isEqualTo(3);
  }

  @Test
  void redirect_isNotFollowed() {
    server.enqueue(
        new MockResponse.Builder().code(307).addHeader("Location", "/elsewhere").build());
    try (CloudflareKvClient client = client(new OkHttpClient())) {
      assertThat(((KeyOutcome.Failed) client.bulkWrite(pairs(1)).outcome("key-0")).cause())
          .isInstanceOf(KvException.Rejected.class);
    }
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void listener_hearsOfEveryAttemptAndWait() {
    server.enqueue(new MockResponse.Builder().code(500).body("<html>").build());
    server.enqueue(done().newBuilder().addHeader("Ratelimit", "\"default\";r=41;t=30").build());
    Instant before = Instant.now();
    try (CloudflareKvClient client = client(new OkHttpClient())) {
      client.bulkWrite(pairs(2));
    }

    assertThat(waits).containsExactly(KvListener.Wait.RETRY);
    assertThat(attempts).hasSize(2);
    Attempt first = attempts.getFirst();
    assertThat(first.operation()).isEqualTo("bulk write");
    assertThat(first.number()).isEqualTo(1);
    assertThat(first.pairs()).isEqualTo(2);
    assertThat(first.bytes())
        .isEqualTo(
            "[{\"key\":\"key-0\",\"value\":\"v\"},{\"key\":\"key-1\",\"value\":\"v\"}]".length());
    assertThat(first.status()).isEqualTo(500);
    assertThat(first.ending()).isEqualTo(Ending.AMBIGUOUS);
    assertThat(first.failure()).isInstanceOf(KvException.Ambiguous.class);
    assertThat(first.latency())
        .isBetween(Duration.ofNanos(1), Duration.between(before, Instant.now()));
    Attempt second = attempts.get(1);
    assertThat(second.number()).isEqualTo(2);
    assertThat(second.ending()).isEqualTo(Ending.ACCEPTED);
    assertThat(second.remainingBudget()).isEqualTo(41);
    assertThat(second.failure()).isNull();
  }

  private static MockResponse done() {
    return new MockResponse.Builder().body("{\"success\":true,\"result\":null}").build();
  }

  private static MockResponse silent() {
    return new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build();
  }

  private static List<KvPair> pairs(int count) {
    return IntStream.range(0, count).mapToObj(i -> KvPair.of("key-" + i, "v")).toList();
  }
}
