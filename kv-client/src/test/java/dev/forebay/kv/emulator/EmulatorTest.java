package dev.forebay.kv.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.kv.ApiToken;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvConfig;
import dev.forebay.kv.KvListener;
import dev.forebay.kv.KvPair;
import dev.forebay.kv.pace.RequestBudget;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server itself, asked without the client. */
class EmulatorTest {

  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-23T23:50:00Z"));
  private final HttpClient http = HttpClient.newHttpClient();
  private KvEmulator emulator;
  private EmulatedNamespace namespace;

  @BeforeEach
  void start() throws IOException {
    start(EmulatorLimits.paid());
  }

  private void start(EmulatorLimits limits) throws IOException {
    emulator =
        new KvEmulator(EmulatorConfig.of(0, "ns", "t0k3n").withClock(clock).withLimits(limits));
    namespace = emulator.namespace("emulator", "ns");
  }

  @AfterEach
  void stop() {
    emulator.close();
    http.close();
  }

  @Test
  void requests_pastTheLimit_areAllRefusedForFiveMinutes() throws Exception {
    restart(limits(3, Long.MAX_VALUE));
    assertThat(get("/ns/keys").headers().firstValue("Ratelimit")).contains("\"default\";r=2;t=300");
    get("/ns/keys");
    clock.advance(Duration.ofSeconds(100));
    assertThat(get("/ns/keys").headers().firstValue("Ratelimit")).contains("\"default\";r=0;t=200");

    HttpResponse<String> refused = get("/ns/keys");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).contains("300");
    clock.advance(Duration.ofSeconds(299));
    assertThat(get("/ns/keys").statusCode()).isEqualTo(429);
    clock.advance(Duration.ofSeconds(1));
    assertThat(get("/ns/keys").statusCode()).isEqualTo(200);
  }

  @Test
  void dailyQuota_isRefusedAs10048UntilMidnightUtc() throws Exception {
    restart(limits(1200, 3));
    assertThat(
            bulk("[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"b\",\"value\":\"1\"}]").statusCode())
        .isEqualTo(200);

    HttpResponse<String> refused =
        bulk("[{\"key\":\"c\",\"value\":\"1\"},{\"key\":\"d\",\"value\":\"1\"}]");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("\"code\":10048");
    assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
    // Reads have a quota of their own.
    assertThat(get("/ns/values/a").statusCode()).isEqualTo(200);

    clock.advance(Duration.ofMinutes(10));
    assertThat(bulk("[{\"key\":\"c\",\"value\":\"1\"}]").statusCode()).isEqualTo(200);
  }

  @Test
  void keyFloor_refusesTheKeysOfABulkCallThatComeTooSoon() throws Exception {
    bulk("[{\"key\":\"a\",\"value\":\"1\"}]");
    clock.advance(Duration.ofMillis(999));
    assertThat(bulk("[{\"key\":\"a\",\"value\":\"2\"},{\"key\":\"b\",\"value\":\"2\"}]").body())
        .contains("\"successful_key_count\":1,\"unsuccessful_keys\":[\"a\"]");
    clock.advance(Duration.ofMillis(1));
    assertThat(bulk("[{\"key\":\"a\",\"value\":\"3\"}]").body())
        .contains("\"successful_key_count\":1,\"unsuccessful_keys\":[]");
    assertThat(namespace.log())
        .extracting(applied -> applied.key() + text(applied))
        .containsExactly("a1", "b2", "a3");
  }

  @Test
  void values_expire() throws Exception {
    bulk("[{\"key\":\"a\",\"value\":\"1\",\"expiration_ttl\":60,\"expiration\":9999999999}]");
    clock.advance(Duration.ofSeconds(59));
    assertThat(get("/ns/values/a").headers().firstValue("expiration"))
        .contains(Long.toString(Instant.parse("2026-11-23T23:51:00Z").getEpochSecond()));
    assertThat(get("/ns/keys").body()).contains("\"name\":\"a\"");

    clock.advance(Duration.ofSeconds(1));
    assertThat(get("/ns/values/a").statusCode()).isEqualTo(404);
    assertThat(get("/ns/keys").body()).doesNotContain("\"name\":\"a\"");
    assertThat(namespace.all()).isEmpty();
  }

  @Test
  void edges_keepHitsAndMissesForAMinute() throws Exception {
    bulk("[{\"key\":\"a\",\"value\":\"1\"}]");
    assertThat(namespace.edge(0).read("a").map(StoredValue::text)).contains("1");
    assertThat(namespace.edge(0).read("b")).isEmpty();
    clock.advance(Duration.ofSeconds(30));
    bulk("[{\"key\":\"a\",\"value\":\"2\"},{\"key\":\"b\",\"value\":\"2\"}]");

    assertThat(namespace.edge(0).read("a").map(StoredValue::text)).contains("1");
    assertThat(namespace.edge(0).read("b")).isEmpty();
    assertThat(namespace.edge(1).read("a").map(StoredValue::text)).contains("2");

    clock.advance(Duration.ofSeconds(30));
    assertThat(namespace.edge(0).read("a").map(StoredValue::text)).contains("2");
    assertThat(namespace.edge(0).read("b").map(StoredValue::text)).contains("2");
  }

  @Test
  void lateApply_overwritesANewerValueWhenItsTimeHasCome() throws Exception {
    emulator
        .faults()
        .next(
            1,
            Operation.BULK_WRITE,
            new Fault(new Fault.Effect.Late(Duration.ofSeconds(5)), new Fault.Answer.Normal()));
    bulk("[{\"key\":\"a\",\"value\":\"old\"}]");
    clock.advance(Duration.ofSeconds(2));
    bulk("[{\"key\":\"a\",\"value\":\"new\"}]");
    assertThat(namespace.find("a").map(StoredValue::text)).contains("new");
    assertThat(namespace.lateKeys()).isEqualTo(1);

    clock.advance(Duration.ofSeconds(3));
    assertThat(namespace.find("a").map(StoredValue::text)).contains("old");
    assertThat(namespace.log())
        .extracting(a -> "%s %s %s".formatted(a.request(), text(a), a.late()))
        .containsExactly("2 new false", "1 old true");
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "no array            | {}                                                         | 400",
        "no JSON             | [{\"key\":                                                 | 400",
        "no value            | [{\"key\":\"a\"}]                                          | 400",
        "value not a string  | [{\"key\":\"a\",\"value\":1}]                              | 400",
        "empty key           | [{\"key\":\"\",\"value\":\"1\"}]                           | 400",
        "dot                 | [{\"key\":\".\",\"value\":\"1\"}]                          | 400",
        "TTL too short       | [{\"key\":\"a\",\"value\":\"1\",\"expiration_ttl\":59}]    | 400",
        "expiration too soon | [{\"key\":\"a\",\"value\":\"1\",\"expiration\":1}]         | 400",
        "bad base64          | [{\"key\":\"a\",\"value\":\"*\",\"base64\":true}]          | 400",
        "same key, different | [{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"a\",\"value\":\"2\"}] | 400",
        "same key, same      | [{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"a\",\"value\":\"1\"}] | 200",
        "unknown field       | [{\"key\":\"a\",\"value\":\"1\",\"x\":{\"y\":[1]}}]        | 200",
      })
  void bulkWrite_isValidated(String name, String body, int status) throws Exception {
    HttpResponse<String> response = bulk(body);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).contains("\"success\":" + (status == 200));
    assertThat(namespace.log()).hasSize(status == 200 ? 1 : 0);
  }

  @Test
  void bulkWrite_ofTooMuch_isRefused() throws Exception {
    String pairs =
        IntStream.rangeClosed(0, 10_000)
            .mapToObj(i -> "{\"key\":\"" + i + "\",\"value\":\"\"}")
            .collect(Collectors.joining(",", "[", "]"));
    assertThat(bulk(pairs).body()).contains("10001 pairs, at most 10000");
    assertThat(bulk("[{\"key\":\"" + "k".repeat(513) + "\",\"value\":\"\"}]").statusCode())
        .isEqualTo(414);
    assertThat(
            bulk("[{\"key\":\"a\",\"value\":\"\",\"metadata\":\"" + "m".repeat(1023) + "\"}]")
                .statusCode())
        .isEqualTo(413);
  }

  @ParameterizedTest(name = "{0}: {1} {2}")
  @CsvSource({
    "'Bearer t0k3n', 200, true",
    "'Bearer other', 401, 10000",
    "'Bearer ', 400, 6003",
    "t0k3n, 400, 6003",
    "'', 401, 10000"
  })
  void authorization_isChecked(String header, int status, String said) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri("/ns/keys"));
    if (!header.isEmpty()) {
      request.header("Authorization", header);
    }
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).contains(said);
  }

  @Test
  void unknownPaths_areNotRouted() throws Exception {
    assertThat(get("/other/keys").body()).contains("\"code\":10013");
    assertThat(get("/ns/nothing").body()).contains("\"code\":7003");
    assertThat(get("/ns/keys?limit=9").statusCode()).isEqualTo(400);
    assertThat(get("/ns/keys?cursor=other").statusCode()).isEqualTo(400);
  }

  @Test
  void tenThousandPairs_areAcceptedWellUnderASecond() throws Exception {
    restart(EmulatorLimits.none());
    List<KvPair> pairs =
        IntStream.range(0, 10_000)
            .mapToObj(i -> KvPair.of("article:" + i, "x".repeat(1024)))
            .toList();
    KvConfig config = KvConfig.of(emulator.namespacesUrl("emulator"), "ns", ApiToken.of("t0k3n"));
    long best = Long.MAX_VALUE;
    try (CloudflareKvClient client =
        new CloudflareKvClient(config, RequestBudget.unlimited(), KvListener.NONE)) {
      // The best of several, because other work on the machine counts against it.
      for (int i = 0; i < 5 || (best > 700_000_000 && i < 30); i++) {
        long begun = System.nanoTime();
        assertThat(client.bulkWrite(pairs).outcomes().values())
            .containsOnly(new KeyOutcome.Stored(null));
        best = Math.min(best, System.nanoTime() - begun);
      }
    }
    System.out.printf("10,000 pairs of 1 KB: %d ms%n", best / 1_000_000);
    assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(700));
  }

  private static String text(Applied applied) {
    return Objects.requireNonNull(applied.value()).text();
  }

  private void restart(EmulatorLimits limits) throws IOException {
    emulator.close();
    start(limits);
  }

  private static EmulatorLimits limits(int requests, long dailyWrites) {
    return new EmulatorLimits(
        requests,
        Duration.ofMinutes(5),
        Duration.ofSeconds(1),
        Long.MAX_VALUE,
        dailyWrites,
        Long.MAX_VALUE,
        Long.MAX_VALUE);
  }

  private URI uri(String path) {
    return URI.create(emulator.namespacesUrl("emulator") + path);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  private HttpResponse<String> bulk(String body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri("/ns/bulk"))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(
        request.header("Authorization", "Bearer t0k3n").build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
