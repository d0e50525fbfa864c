package dev.forebay.ops.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ops.start.Lifetime;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code Prefer: wait}, with the real worker and an emulated KV. */
class WaitIT {

  private static final int SHARED = 40;
  private static final int WRITES = 24;
  private static final int DELETIONS = 8;
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

  @TempDir static Path directory;
  private static final Lifetime lifetime = new Lifetime();
  private static SessionWorld world;

  @BeforeAll
  static void open() throws Exception {
    world =
        lifetime.open("world", () -> new SessionWorld(directory, SHARED, Duration.ofSeconds(3), 1));
  }

  @AfterAll
  static void close() {
    lifetime.close();
  }

  @Test
  void write_thatIsApplied_isInKv() throws Exception {
    List<Future<Duration>> waits = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < WRITES; i++) {
        String name = "waited " + i + ";";
        String path = "/v1/tag/" + (1 + i % (SHARED / 2));
        waits.add(
            threads.submit(() -> {
              long began = System.nanoTime();
              HttpResponse<String> reply = send("PATCH", path, "{\"name\": \"" + name + "\"}");
              assertThat(reply.headers().firstValue("Forebay-Wait")).contains("applied");
              return Duration.ofNanos(System.nanoTime() - began);
            }));
        if (i % 2 == 0) {
          waits.getLast().get();
          assertThat(documents(send("PATCH", path, "{\"name\": \"" + name + " again\"}")))
              .hasSizeGreaterThan(1)
              .allSatisfy(key ->
                  assertThat(world.accepted(key))
                      .as(key)
                      .hasValueSatisfying(json -> assertThat(json).contains(name + " again")));
        }
      }
    }
    List<Duration> times = new ArrayList<>();
    for (Future<Duration> wait : waits) {
      times.add(wait.get());
    }
    print("change", times);
  }

  private static void print(String what, List<Duration> times) {
    List<Duration> sorted = times.stream().sorted().toList();
    System.out.printf(
        "a %s waited for KV: median %d ms, at most %d ms%n",
        what, sorted.get(sorted.size() / 2).toMillis(), sorted.getLast().toMillis());
  }

  @Test
  void rowThatIsMadeAndDeleted_isInKv_andNotInKv() throws Exception {
    for (int i = 0; i < 3; i++) {
      String key = SessionWorld.INSTANCE.keyPrefix() + "article:made-" + i;
      HttpResponse<String> made =
          send(
              "POST",
              "/v1/article",
              "{\"slug\": \"made-%d\", \"title\": \"T\", \"published\": true, \"author_id\": 1}"
                  .formatted(i));
      assertThat(documents(made)).contains(key);
      assertThat(world.accepted(key)).isPresent();
      HttpResponse<String> deleted =
          send("DELETE", made.headers().firstValue("Location").orElseThrow(), null);
      assertThat(documents(deleted)).contains(key);
      assertThat(world.accepted(key)).isEmpty();
    }
  }

  @Test
  void documentWhoseKeyIsAnother_isApplied_whenKvHasTheOneAndNotTheOther() throws Exception {
    // Not one after the other: a key of KV is written once a second.
    for (int i = 0; i < DELETIONS; i++) {
      send("PATCH", tag(i), slug(i, "former"));
    }
    List<Duration> times = new ArrayList<>();
    for (int i = 0; i < DELETIONS; i++) {
      long began = System.nanoTime();
      HttpResponse<String> reply = send("PATCH", tag(i), slug(i, "latter"));
      times.add(Duration.ofNanos(System.nanoTime() - began));
      String key = SessionWorld.INSTANCE.keyPrefix() + "tag:" + i + "-";
      assertThat(documents(reply)).contains(key + "former", key + "latter");
      assertThat(world.accepted(key + "former")).isEmpty();
      assertThat(world.accepted(key + "latter")).isPresent();
    }
    print("deletion", times);
  }

  private static String tag(int i) {
    return "/v1/tag/" + (SHARED / 2 - i);
  }

  private static String slug(int i, String which) {
    return "{\"slug\": \"" + i + "-" + which + "\"}";
  }

  /** Whether a version from before is on its way to KV is known when the log is settled. */
  @Test
  void draft_thatIsNoDocument_isApplied() throws Exception {
    List<Duration> times = new ArrayList<>();
    for (int i = 0; i < DELETIONS; i++) {
      long began = System.nanoTime();
      HttpResponse<String> reply =
          send(
              "POST",
              "/v1/article",
              "{\"slug\": \"draft-%d\", \"title\": \"T\", \"published\": false, \"author_id\": 1}"
                  .formatted(i));
      times.add(Duration.ofNanos(System.nanoTime() - began));
      String key = SessionWorld.INSTANCE.keyPrefix() + "article:draft-" + i;
      assertThat(documents(reply)).contains(key);
      assertThat(world.accepted(key)).isEmpty();
    }
    print("draft", times);
  }

  /** Those that an applied write has touched. */
  private static List<String> documents(HttpResponse<String> reply) {
    assertThat(reply.headers().firstValue("Forebay-Wait")).as(reply.toString()).contains("applied");
    return QUOTED
        .matcher(reply.headers().firstValue("Forebay-Documents").orElse(""))
        .results()
        .map((MatchResult one) -> one.group(1))
        .toList();
  }

  private static HttpResponse<String> send(String method, String path, @Nullable String body)
      throws Exception {
    HttpResponse<String> reply =
        world.http.send(
            HttpRequest.newBuilder(world.api().resolve(path))
                .header("Authorization", "Bearer " + world.apiKey)
                .header("Content-Type", "application/json")
                .header("Prefer", "wait=30")
                .method(
                    method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    assertThat(reply.statusCode()).as(reply.body()).isBetween(200, 204);
    return reply;
  }
}
