package dev.forebay.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.kv.pace.RetryPolicy;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BulkWriteTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DONE =
      "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":null}";

  private final MockWebServer server = new MockWebServer();
  private CloudflareKvClient client;

  @BeforeEach
  void start() throws IOException {
    server.start();
    client = client(config());
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void bulkWrite_sendsOneRequestWithEveryField() throws Exception {
    server.enqueue(ok(DONE));
    Instant expiration = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 3600);

    BulkResult result =
        client.bulkWrite(
            List.of(
                new KvPair("a", "\"quoted\"\n\u0001ü😀", "{\"v\":1}", Duration.ofSeconds(90)),
                new KvPair("b", "AAEC", null, null, expiration, true)));

    assertThat(result.outcomes().values()).containsOnly(new KeyOutcome.Stored(null));
    RecordedRequest request = server.takeRequest();
    assertThat(request.getMethod()).isEqualTo("PUT");
    assertThat(request.getUrl().encodedPath()).isEqualTo("/storage/kv/namespaces/ns/bulk");
    assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer t0k3n");
    JsonNode body = JSON.readTree(body(request));
    assertThat(body.get(0))
        .isEqualTo(
            JSON.readTree(
                "{\"key\":\"a\",\"value\":\"\\\"quoted\\\"\\n\\u0001ü😀\",\"metadata\":{\"v\":1},\"expiration_ttl\":90}"));
    assertThat(body.get(1))
        .isEqualTo(
            JSON.readTree(
                "{\"key\":\"b\",\"value\":\"AAEC\",\"expiration\":%d,\"base64\":true}"
                    .formatted(expiration.getEpochSecond())));
  }

  @Test
  void bulkWrite_ofNothing_sendsNothing() {
    assertThat(client.bulkWrite(List.of()).outcomes()).isEmpty();
    assertThat(server.getRequestCount()).isZero();
  }

  @Test
  void bulkWrite_splitsByPairs() throws Exception {
    enqueueDone(3);
    try (CloudflareKvClient small = client(config().withBatch(4, 1_000_000))) {
      small.bulkWrite(pairs(10));
    }
    assertThat(keysOf(server.takeRequest())).hasSize(4);
    assertThat(keysOf(server.takeRequest())).hasSize(4);
    assertThat(keysOf(server.takeRequest())).hasSize(2);
  }

  @ParameterizedTest(name = "at most {0} bytes")
  @ValueSource(longs = {120, 121, 122, 123, 124, 125, 200, 10_000})
  void bulkWrite_splitsByBytesAsEncoded(long maxBytes) throws Exception {
    List<KvPair> pairs =
        IntStream.range(0, 20)
            .mapToObj(i -> KvPair.of("k" + i, "\n\"é\u0002".repeat(i % 4)))
            .toList();
    enqueueDone(20);
    try (CloudflareKvClient small = client(config().withBatch(10_000, maxBytes))) {
      small.bulkWrite(pairs);
    }
    List<String> sent = new ArrayList<>();
    long last = maxBytes;
    for (int i = server.getRequestCount(); i > 0; i--) {
      RecordedRequest request = server.takeRequest();
      long size = request.getBodySize();
      assertThat(size).isLessThanOrEqualTo(maxBytes);
      assertThat(request.getHeaders().get("Content-Length")).isEqualTo(Long.toString(size));
      // Filled: the first pair of this request did not fit into the one before.
      long first = JSON.writeValueAsBytes(JSON.readTree(body(request)).get(0)).length;
      assertThat(last + 1 + first).isGreaterThan(maxBytes);
      last = size;
      sent.addAll(keysOf(request));
    }
    assertThat(sent).containsExactlyElementsOf(pairs.stream().map(KvPair::key).toList());
  }

  @Test
  void bulkWrite_partialFailure_repeatsOnlyTheFailedKeys() throws Exception {
    server.enqueue(ok(partial(1, "b")));
    server.enqueue(ok(partial(1)));

    BulkResult result = client.bulkWrite(List.of(KvPair.of("a", "1"), KvPair.of("b", "2")));

    assertThat(result.outcomes().values()).containsOnly(new KeyOutcome.Stored(null));
    server.takeRequest();
    assertThat(keysOf(server.takeRequest())).containsExactly("b");
  }

  @Test
  void bulkWrite_halfTheKeysFailingForGood() {
    for (int i = 0; i < 3; i++) {
      server.enqueue(ok(partial(1, "b")));
    }
    BulkResult result = client.bulkWrite(List.of(KvPair.of("a", "1"), KvPair.of("b", "2")));

    assertThat(result.outcome("a")).isEqualTo(new KeyOutcome.Stored(null));
    assertThat(result.outcome("b"))
        .isInstanceOfSatisfying(
            KeyOutcome.Failed.class,
            failed -> assertThat(failed.cause()).isInstanceOf(KvException.Unavailable.class));
  }

  @Test
  void bulkWrite_errorWhoseBodyNamesTheKeys() {
    server.enqueue(
        new MockResponse.Builder()
            .code(400)
            .body(
                "{\"success\":false,\"errors\":[{\"code\":10001,\"message\":\"x\"}],"
                    + "\"result\":{\"successful_key_count\":1,\"unsuccessful_keys\":[\"b\"]}}")
            .build());
    server.enqueue(ok(DONE));

    BulkResult result = client.bulkWrite(List.of(KvPair.of("a", "1"), KvPair.of("b", "2")));

    assertThat(result.outcomes().values()).containsOnly(new KeyOutcome.Stored(null));
    assertThat(server.getRequestCount()).isEqualTo(2);
  }

  @Test
  void bulkWrite_timeOut_halvesTheNextAttemptAndSaysUntilWhenItIsOpen() throws Exception {
    server.enqueue(new MockResponse.Builder().code(524).body("<html>timeout</html>").build());
    enqueueDone(2);
    Instant before = Instant.now();

    BulkResult result = client.bulkWrite(pairs(10));

    Instant open = ((KeyOutcome.Stored) result.outcome("key-0")).openUntil();
    assertThat(open).isBetween(before.plusSeconds(30), Instant.now().plusSeconds(30));
    assertThat(result.outcomes().values()).containsOnly(new KeyOutcome.Stored(open));
    assertThat(keysOf(server.takeRequest())).hasSize(10);
    assertThat(keysOf(server.takeRequest())).hasSize(5);
    assertThat(keysOf(server.takeRequest())).hasSize(5);
  }

  @Test
  void bulkWrite_disconnectAfterSending_isAmbiguous() {
    for (int i = 0; i < 3; i++) {
      server.enqueue(
          new MockResponse.Builder()
              .onResponseStart(SocketEffect.ShutdownConnection.INSTANCE)
              .build());
    }
    Instant before = Instant.now();

    BulkResult result = client.bulkWrite(pairs(2));

    assertThat(server.getRequestCount()).isEqualTo(3);
    assertThat(result.outcome("key-0"))
        .isInstanceOfSatisfying(
            KeyOutcome.Ambiguous.class,
            ambiguous -> assertThat(ambiguous.openUntil()).isAfter(before.plusSeconds(29)));
  }

  @Test
  void bulkWrite_nobodyListens_isFailedAndNotAmbiguous() {
    server.close();

    KeyOutcome outcome = client.bulkWrite(pairs(1)).outcome("key-0");

    assertThat(outcome)
        .isInstanceOfSatisfying(
            KeyOutcome.Failed.class,
            failed -> assertThat(failed.cause()).isInstanceOf(KvException.Unavailable.class));
  }

  @Test
  void bulkWrite_dailyQuota_stopsAtOnceUntilMidnightUtc() {
    server.enqueue(error(429, 10048, "limit exceeded for the day"));
    BulkResult result;
    try (CloudflareKvClient small = client(config().withBatch(1, 1_000))) {
      result = small.bulkWrite(pairs(3));
    }

    assertThat(server.getRequestCount()).isEqualTo(1);
    assertThat(result.outcomes().values())
        .hasSize(3)
        .allSatisfy(outcome -> {
          KvException.QuotaExhausted cause =
              (KvException.QuotaExhausted) ((KeyOutcome.Failed) outcome).cause();
          assertThat(cause.until().getEpochSecond() % 86_400).isZero();
          assertThat(cause.until()).isBetween(Instant.now(), Instant.now().plusSeconds(86_400));
        });
  }

  @Test
  void bulkWrite_throttledWithRetryAfter_waitsAsTold() {
    server.enqueue(
        error(429, 10000, "slow down").newBuilder().addHeader("Retry-After", "1").build());
    server.enqueue(ok(DONE));
    Instant before = Instant.now();

    BulkResult result = client.bulkWrite(pairs(1));

    assertThat(result.outcome("key-0")).isEqualTo(new KeyOutcome.Stored(null));
    assertThat(Duration.between(before, Instant.now())).isGreaterThan(Duration.ofMillis(900));
  }

  @Test
  void bulkWrite_unauthorised_isNotRepeated() {
    server.enqueue(error(403, 10000, "Authentication error"));

    KeyOutcome outcome = client.bulkWrite(pairs(1)).outcome("key-0");

    assertThat(((KeyOutcome.Failed) outcome).cause()).isInstanceOf(KvException.Unauthorised.class);
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void bulkWrite_badPairs_areAllNamedAndNothingIsSent() {
    List<KvPair> pairs =
        List.of(
            KvPair.of("good", "1"),
            KvPair.of("", "1"),
            KvPair.of("..", "1"),
            KvPair.of("ü".repeat(257), "1"),
            new KvPair("meta", "1", "\"" + "m".repeat(1024) + "\"", null),
            new KvPair("inject", "1", "1,\"key\":\"other\"", null),
            new KvPair("ttl", "1", null, Duration.ofSeconds(59)),
            KvPair.of("surrogate", "\ud800"));

    assertThatThrownBy(() -> client.bulkWrite(pairs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"\": key must not be empty")
        .hasMessageContaining("\"..\": key must not be empty")
        .hasMessageContaining("key has 514 bytes, at most 512")
        .hasMessageContaining("\"meta\": metadata has 1026 bytes, at most 1024")
        .hasMessageContaining("\"inject\": metadata is not JSON")
        .hasMessageContaining("\"ttl\": expirationTtl is PT59S, at least 60 s")
        .hasMessageContaining("\"surrogate\": value has an unpaired surrogate")
        .hasMessageNotContaining("good");
    assertThat(server.getRequestCount()).isZero();
  }

  private KvConfig config() {
    return KvConfig.of(
            URI.create(server.url("/storage/kv/namespaces").toString()), "ns", ApiToken.of("t0k3n"))
        .withRetry(
            new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(10)))
        .withLateApplyWindow(Duration.ofSeconds(30))
        .withKeyFloor(Duration.ofMillis(1));
  }

  private static CloudflareKvClient client(KvConfig config) {
    return new CloudflareKvClient(config, RequestBudget.unlimited(), KvListener.NONE);
  }

  private void enqueueDone(int times) {
    for (int i = 0; i < times; i++) {
      server.enqueue(ok(DONE));
    }
  }

  private static List<KvPair> pairs(int count) {
    return IntStream.range(0, count).mapToObj(i -> KvPair.of("key-" + i, "value")).toList();
  }

  private static MockResponse ok(String body) {
    return new MockResponse.Builder().code(200).body(body).build();
  }

  private static MockResponse error(int status, int code, String message) {
    return new MockResponse.Builder()
        .code(status)
        .body(
            "{\"success\":false,\"errors\":[{\"code\":%d,\"message\":\"%s\"}],\"messages\":[],\"result\":null}"
                .formatted(code, message))
        .build();
  }

  private static String partial(int stored, String... failed) {
    String keys = failed.length == 0 ? "" : "\"" + String.join("\",\"", failed) + "\"";
    return "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":"
        + "{\"successful_key_count\":%d,\"unsuccessful_keys\":[%s]}}".formatted(stored, keys);
  }

  private static String body(RecordedRequest request) {
    return java.util.Objects.requireNonNull(request.getBody()).utf8();
  }

  private static List<String> keysOf(RecordedRequest request) throws IOException {
    return StreamSupport.stream(JSON.readTree(body(request)).spliterator(), false)
        .map(pair -> pair.get("key").asText())
        .toList();
  }
}
