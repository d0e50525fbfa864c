package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.OriginWorld.Written;
import dev.forebay.api.TestClient.Reply;
import dev.forebay.api.token.EdgeSignature;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the edge is answered, and what that asks of the database. */
class OriginIT {

  private static final int STAMPEDE = 1_000;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration STAMPEDE_LIMIT = Duration.ofSeconds(90);

  private static OriginWorld world;

  @BeforeAll
  static void start() throws Exception {
    world = new OriginWorld(0, 1, 2 * STAMPEDE, STAMPEDE_LIMIT.plus(LIMIT));
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  @Test
  void document_isAnsweredWithItsVersion() throws Exception {
    Reply reply = world.read("a", "X-Request-Id", "mine", "Forebay-Token", "no token at all");

    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(reply.json().path("id").asText()).isEqualTo("a");
    assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    assertThat(reply.header("ETag")).isEqualTo('"' + sha256(reply.body()) + '"');
    assertThat(reply.header("Forebay-Document")).isEqualTo("article:a");
    assertThat(reply.header("Forebay-Snapshot")).matches("[0-9]+:[0-9]+:[0-9,]*");
    assertThat(reply.header("Forebay-History")).isEqualTo(world.history());
    assertThat(Instant.parse(reply.header("Forebay-As-Of")))
        .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
    assertThat(reply.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(reply.header("X-Request-Id")).isEqualTo("mine");
  }

  @Test
  void document_thatTheEdgeHas_is304() {
    String tag = world.read("a").header("ETag");

    Reply same = world.read("a", "If-None-Match", tag);
    Reply other = world.read("a", "If-None-Match", "\"0\"");

    assertThat(same.status()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    assertThat(same.header("ETag")).isEqualTo(tag);
    assertThat(same.header("Forebay-Snapshot")).isNotEmpty();
    assertThat(other.status()).isEqualTo(200);
  }

  @Test
  void absentDocument_is404WithItsVersion_andKept() throws Exception {
    Reply reply = world.read("nobody");
    int taken = world.counted.taken();
    Reply again = world.read("nobody");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.problem()).isEqualTo("not-found");
    assertThat(reply.header("Forebay-Snapshot")).isNotEmpty();
    assertThat(reply.header("Forebay-History")).isEqualTo(world.history());
    assertThat(reply.header("Forebay-As-Of")).isNotEmpty();
    assertThat(reply.header("ETag")).isEmpty();
    assertThat(again.status()).isEqualTo(404);
    assertThat(world.counted.taken()).isEqualTo(taken);
  }

  /**
   * Slash, percent, plus, semicolon and letters beyond ASCII: encoded in the key, and again in the
   * URL.
   */
  @Test
  void key_ofAnyText() {
    Reply reply = world.read("ä/b %c+;");

    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(reply.json().path("id").asText()).isEqualTo("ä/b %c+;");
  }

  @Test
  void singleton() {
    Reply reply = world.get("/v1/documents/notes", world.sign("192.0.2.1", "preview.notes:"));

    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(reply.json().path("latest").isArray()).isTrue();
    assertThat(reply.header("Forebay-Document")).isEqualTo("notes:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing:a", "article:%c3%a4", "article:a/b", "notes:x", "article:%ZZ"})
  void keyThatNoDocumentCanHave_is404WithoutQuery(String key) {
    int taken = world.counted.taken();
    String[] parts = key.split(":", 2);
    String path =
        "/v1/documents/" + parts[0] + "/" + parts[1].replace("%", "%25").replace("/", "%2F");

    Reply reply = world.get(path, world.sign("192.0.2.1", "preview." + key));

    assertThat(reply.status()).as(reply.toString()).isEqualTo(404);
    assertThat(reply.header("Forebay-Snapshot")).as("it is no version").isEmpty();
    assertThat(world.counted.taken()).isEqualTo(taken);
  }

  @Test
  void signature_thatIsNotGood_is401BeforeAnyWork() {
    Instant soon = Instant.now().plusSeconds(30);
    EdgeSignature forger =
        new EdgeSignature(
            List.of("some-secret-that-nobody-has-0123456789"), InstantSource.system());
    String good = world.sign("192.0.2.1", OriginWorld.kvKey("a"));
    String last = good.endsWith("A") ? "Q" : "A";
    List<String> bad = new ArrayList<>();
    bad.add(null);
    bad.add("");
    bad.add("1");
    bad.add(good.substring(0, good.length() - 1));
    bad.add(good.substring(0, good.length() - 2) + last + good.substring(good.length() - 1));
    bad.add(good.replaceFirst("^1", "2"));
    bad.add(world.sign("192.0.2.1", OriginWorld.kvKey("b")));
    bad.add(world.sign("192.0.2.1", "article:a"));
    bad.add(forger.sign(soon, "192.0.2.1", OriginWorld.kvKey("a")));
    bad.add(world.edge.sign(Instant.now().minusSeconds(1), "192.0.2.1", OriginWorld.kvKey("a")));
    bad.add(world.edge.sign(Instant.now().plusSeconds(90), "192.0.2.1", OriginWorld.kvKey("a")));
    int taken = world.counted.taken();
    double refused = world.reads("refused");

    for (String signature : bad) {
      Reply reply = world.get(OriginWorld.path("a"), signature);
      assertThat(reply.status()).as(signature).isEqualTo(401);
      assertThat(reply.problem()).isEqualTo("unauthorised");
      assertThat(reply.header("WWW-Authenticate")).isEqualTo("Forebay-Edge");
      assertThat(reply.header("Forebay-Snapshot")).isEmpty();
    }

    assertThat(world.counted.taken()).isEqualTo(taken);
    assertThat(world.reads("refused") - refused).isEqualTo(bad.size());
    assertThat(world.client.get(OriginWorld.path("a")).status()).as("an API key").isEqualTo(401);
  }

  @Test
  void signature_ofTheOldSecret_isGood() {
    EdgeSignature old = new EdgeSignature(List.of(OriginWorld.OLD_SECRET), InstantSource.system());
    String signature = old.sign(Instant.now().plusSeconds(30), "192.0.2.1", OriginWorld.kvKey("a"));

    assertThat(world.get(OriginWorld.path("a"), signature).status()).isEqualTo(200);
  }

  /** A path is routed by what it says, so nothing behind the gate is reached past it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/documents/../note/1",
        "/v1/documents/%2e%2e/note/1",
        "/v1/documents/..%2Fnote/1",
        "/v1/documents/x/../../note/1",
        "/v1/documents//note/1",
        "/v1/documents/;x/../note/1"
      })
  void pathThatLeadsElsewhere_isNotServedWithoutKey(String path) throws Exception {
    try (RawClient raw = new RawClient(world.server.port())) {
      raw.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

      assertThat(raw.answer()).matches("(?s)HTTP/1.1 (401|404|400) .*").doesNotContain("{\"id\"");
    }
  }

  @Test
  void otherMethods_areNotAllowed() {
    Reply reply = world.client.post(OriginWorld.path("a"), "{}");

    assertThat(reply.status()).isEqualTo(405);
  }

  @Test
  void warm_costsNoQuery() throws Exception {
    Written written = world.write("a");
    String token = world.token(List.of(), written.xid(), "a");
    assertThat(world.read("a", "Forebay-Token", token).status()).isEqualTo(200);
    int taken = world.counted.taken();
    double queries = world.queries();
    double hits = world.reads("hit");

    for (int i = 0; i < 300; i++) {
      Reply reply = world.read("a", "Forebay-Token", token);
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.json().path("n").asLong()).isGreaterThanOrEqualTo(written.n());
    }

    assertThat(world.counted.taken()).isEqualTo(taken);
    assertThat(world.queries()).isEqualTo(queries);
    assertThat(world.reads("hit") - hits).isEqualTo(300);
    assertThat(world.metrics.get("forebay.origin.cache").gauge().value()).isBetween(1.0, 1e6);
  }

  /**
   * All are there before the load goes on, which takes seconds on a busy machine: longer than a
   * request waits by default. So these have more patience.
   */
  @Test
  void stampede_isOneQuery() throws Exception {
    Written written = world.write("b");
    String token = world.token(List.of(), written.xid(), "b");
    int taken = world.counted.taken();
    double queries = world.queries();
    double joined = world.reads("joined");
    double hits = world.reads("hit");
    CountDownLatch gate = new CountDownLatch(1);
    world.counted.holdBack(gate);
    List<Future<Reply>> asked = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Reply> ask = () -> world.read("b", "Forebay-Token", token);
      for (int i = 0; i < STAMPEDE; i++) {
        asked.add(threads.submit(ask));
      }
      try {
        Awaitility.await().atMost(STAMPEDE_LIMIT).until(() -> inFlight() == STAMPEDE);
      } finally {
        // Before the threads are closed, which waits for them.
        gate.countDown();
      }
      for (Future<Reply> one : asked) {
        Reply reply = one.get();
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(reply.json().path("n").asLong()).isGreaterThanOrEqualTo(written.n());
      }
    }

    assertThat(world.counted.taken() - taken).isEqualTo(1);
    assertThat(world.queries() - queries).isEqualTo(1);
    assertThat(world.reads("joined") - joined).isGreaterThan(STAMPEDE / 2);
    assertThat(world.reads("joined") - joined + world.reads("hit") - hits).isEqualTo(STAMPEDE - 1);
  }

  private static double inFlight() {
    return world.metrics.get("forebay.api.in.flight").gauge().value();
  }

  @Test
  void withoutToken_nothingIsOlderThanASecond() throws Exception {
    world.read("a");
    Written written = world.write("a");

    Awaitility.await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(Duration.ofSeconds(4))
        .until(() -> world.read("a").json().path("n").asLong() >= written.n());
  }

  @Test
  void tokenOfATransactionThatNeverWas_is503_andNeverAnUnmetDocument() throws Exception {
    String token = world.token(List.of(), 1L << 40, "a");
    double queries = world.queries();

    Reply reply = world.read("a", "Forebay-Token", token);

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.problem()).isEqualTo("unavailable");
    assertThat(reply.header("Retry-After")).isNotEmpty();
    assertThat(reply.header("Forebay-Snapshot")).isEmpty();
    assertThat(world.queries() - queries).isEqualTo(1);
  }

  @Test
  void requests_areMeasuredByRoute() {
    world.read("a");

    Awaitility.await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(
                    world
                        .metrics
                        .get("forebay.api.request")
                        .tag("route", "/v1/documents/{model}/{key}")
                        .tag("status", "2xx")
                        .timer()
                        .count())
                .isPositive());
  }

  private static String sha256(String text) throws Exception {
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }
}
