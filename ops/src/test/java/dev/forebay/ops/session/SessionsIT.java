package dev.forebay.ops.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.api.token.EdgeSignature;
import dev.forebay.ops.session.Run.Plan;
import dev.forebay.ops.start.Lifetime;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who writes reads the own write, with everything real but Cloudflare: sessions that write through
 * the API and read the site's Functions at locations between which they move. {@code
 * -Dsessions.seed=…} repeats what they do, though not when.
 */
class SessionsIT {

  private static final int SESSIONS = Integer.getInteger("sessions.count", 200);
  private static final int SHARED = 60;
  private static final Duration CACHE_TTL = Duration.ofSeconds(3);
  private static final long SEED = Long.getLong("sessions.seed", System.nanoTime());

  @TempDir static Path directory;
  private static final Lifetime lifetime = new Lifetime();
  private static SessionWorld world;

  @BeforeAll
  static void open() throws Exception {
    System.out.println("sessions seed " + SEED);
    world = lifetime.open("world", () -> new SessionWorld(directory, SHARED, CACHE_TTL, SEED));
    List<URI> tags =
        IntStream.range(0, SessionWorld.LOCATIONS)
            .boxed()
            .flatMap(location ->
                IntStream.rangeClosed(1, SHARED / 2)
                    .mapToObj(tag -> world.workerd.site(location).resolve("/api/tag/t" + tag)))
            .toList();
    await("each location has heard of what was there before")
        .atMost(Duration.ofMinutes(1))
        .until(() -> tags.stream().allMatch(tag -> ask(tag, "Accept", "*/*").statusCode() == 200));
  }

  @AfterAll
  static void close() {
    lifetime.close();
  }

  @Test
  void sessions_moveBetweenLocations_andMissNoWriteOfTheirOwnNorGoBack() throws Exception {
    new Run(world, new Plan(SESSIONS, 150, 10, SHARED, SEED)).prove();
  }

  @Test
  void readersWithoutToken_askNeitherApiNorDatabase() throws Exception {
    world.settle();
    long requests = world.apiRequests();
    double origin = world.originReads() + world.originQueries();
    long statements = world.apiStatements();
    Random random = new Random(SEED);
    Tally tally = new Tally();
    for (int i = 0; i < 1_000; i++) {
      Run.readWithoutToken(world, tally, SHARED, random);
    }

    assertThat(tally.of("stranger 200")).isGreaterThan(500);
    assertThat(tally.of("stranger 404")).isGreaterThan(50);
    assertThat(world.apiRequests() - requests).isZero();
    assertThat(world.originReads() + world.originQueries() - origin).isZero();
    assertThat(world.apiStatements() - statements).isZero();
  }

  @Test
  void brokenTokens_countForNothingAtTheSiteAndAtTheApi() throws Exception {
    String schema = SessionWorld.INSTANCE.databaseName();
    String history = world.ask("select id from " + schema + ".history");
    BrokenTokens.ignored("tag:t1", history)
        .forEach((wrong, token) -> {
          for (String name : List.of("Forebay-Token", "Cookie")) {
            String value = name.equals("Cookie") ? "forebay_token=" + token : token;
            HttpResponse<String> page = ask(site("/api/tag/t1"), name, value);
            assertThat(page.statusCode()).as("token %s", wrong).isEqualTo(200);
            assertThat(page.headers().firstValue("Forebay-Freshness"))
                .as("token %s", wrong)
                .contains("unconstrained");
            assertThat(page.headers().map()).doesNotContainKeys("forebay-token", "set-cookie");
            assertAccepted(name, value, wrong);
          }
        });
  }

  @Test
  void tokenOfAnotherHistory_isMetByNothing() {
    String foreign = BrokenTokens.foreign("tag:t1");
    HttpResponse<String> page = ask(site("/api/tag/t1"), "Forebay-Token", foreign);

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Forebay-Freshness")).contains("stale");
    assertAccepted("Forebay-Token", foreign, "of another history");
  }

  @Test
  void originRead_withoutTheSignatureOfTheSite_isRefused() {
    URI origin = world.api().resolve("/v1/documents/tag/t1");
    Instant soon = Instant.now().plusSeconds(30);
    String key = SessionWorld.INSTANCE.keyPrefix() + "tag:t1";
    EdgeSignature site = signature(SessionWorld.SECRET);
    String good = site.sign(soon, "192.0.2.1", key);
    String old = signature(SessionWorld.OLD_SECRET).sign(soon, "192.0.2.1", key);
    assertThat(ask(origin, "Forebay-Edge", good).statusCode()).isEqualTo(200);
    assertThat(ask(origin, "Forebay-Edge", old).statusCode()).isEqualTo(200);

    for (String bad :
        List.of(
            "",
            good.substring(1),
            good.substring(0, good.length() - 1),
            site.sign(soon, "192.0.2.1", "tag:t1"),
            site.sign(soon, "192.0.2.1", SessionWorld.INSTANCE.keyPrefix() + "tag:t2"),
            site.sign(Instant.now().minusSeconds(1), "192.0.2.1", key),
            site.sign(Instant.now().plusSeconds(90), "192.0.2.1", key),
            signature("another-secret-0123456789abcdefghijkl").sign(soon, "", key))) {
      assertThat(ask(origin, "Forebay-Edge", bad).statusCode()).as(bad).isEqualTo(401);
    }
  }

  /** A write that carries it is done, and its own token is good. */
  private static void assertAccepted(String name, String value, String wrong) {
    HttpResponse<String> reply =
        send(
            HttpRequest.newBuilder(world.api().resolve("/v1/tag/1"))
                .header("Authorization", "Bearer " + world.apiKey)
                .header("Content-Type", "application/json")
                .header(name, value)
                .method("PATCH", BodyPublishers.ofString("{\"name\": \"written\"}")));
    assertThat(reply.statusCode()).as("write with a token %s", wrong).isEqualTo(200);
    String token = reply.headers().firstValue("Forebay-Token").orElseThrow();
    // A busy machine may miss the reader's deadline for the API.
    await("not stale after a token " + wrong)
        .untilAsserted(() -> {
          HttpResponse<String> page = ask(site("/api/tag/t1"), "Forebay-Token", token);
          assertThat(page.headers().firstValue("Forebay-Freshness").orElseThrow())
              .isIn("fresh", "origin");
          assertThat(page.body()).contains("written");
        });
  }

  private static EdgeSignature signature(String secret) {
    return new EdgeSignature(List.of(secret), InstantSource.system());
  }

  private static URI site(String path) {
    return world.workerd.site(0).resolve(path);
  }

  private static HttpResponse<String> ask(URI uri, String name, String value) {
    return send(HttpRequest.newBuilder(uri).header(name, value));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    return world.http.sendAsync(request.build(), BodyHandlers.ofString()).join();
  }
}
