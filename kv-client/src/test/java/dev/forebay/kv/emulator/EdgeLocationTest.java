package dev.forebay.kv.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.kv.emulator.EmulatedNamespace.Change;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import okio.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the places of the world see, and how a Worker asks them. */
class EdgeLocationTest {

  private static final Duration SPREAD = Duration.ofSeconds(60);
  private static final int CHANGES = 40;

  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-26T10:00:00Z"));

  @Test
  void change_underWay_isHeardAtATimeOfItsOwnByEachLocation() {
    EmulatedNamespace namespace = namespace(8, 1);
    write(namespace, "new");
    clock.advance(Duration.ofSeconds(3));

    List<Boolean> heard =
        IntStream.range(0, 8).mapToObj(i -> namespace.edge(i).read("a").isPresent()).toList();

    assertThat(heard).contains(true, false);
    clock.advance(SPREAD);
    assertThat(IntStream.range(0, 8))
        .allMatch(i -> namespace.edge(i).read("a").map(StoredValue::text).isPresent());
  }

  @Test
  void changes_reachALocationOutOfOrder_andTheNewestInTheEnd() {
    EmulatedNamespace namespace = namespace(4, 1);
    int steps = 0;
    for (int i = 0; i < 4; i++) {
      List<Integer> seen = watch(namespace, i);
      steps += seen.size();
      assertThat(seen).as("location %d goes back", i).isNotEqualTo(seen.stream().sorted().toList());
      assertThat(seen.getLast()).isEqualTo(i * CHANGES + CHANGES - 1);
    }
    assertThat(steps).isGreaterThan(4 * CHANGES);
  }

  @Test
  void seed_repeatsEveryDelay() {
    List<Integer> seen = watch(namespace(4, 7), 2);

    clock.advance(SPREAD);
    assertThat(watch(namespace(4, 7), 2)).isEqualTo(seen);
    assertThat(watch(namespace(4, 8), 2)).isNotEqualTo(seen);
  }

  @Test
  void deletion_isAChangeLikeAnother() {
    EmulatedNamespace namespace = namespace(1, 1);
    write(namespace, "new");
    write(namespace, null);
    clock.advance(SPREAD);

    assertThat(namespace.edge(0).read("a")).isEmpty();
  }

  @Test
  void binding_readsAtItsLocationWhatWorkerdAsksFor() throws Exception {
    String key = "article:a%2Fb+c";
    try (KvEmulator emulator = new KvEmulator(config(2, SPREAD, 1));
        HttpClient http = HttpClient.newHttpClient()) {
      EmulatedNamespace namespace = emulator.namespace("emulator", "ns");
      StoredValue value =
          new StoredValue(
              ByteString.encodeUtf8("ä"), "{\"n\":1}", Instant.parse("2027-01-01T00:00:00Z"));
      namespace.apply(1, List.of(new Change(key, value)));
      clock.advance(SPREAD);

      HttpResponse<String> found = ask(http, emulator, "emulator/ns/1", "article%3Aa%252Fb%2Bc");
      assertThat(found.statusCode()).isEqualTo(200);
      assertThat(found.body()).isEqualTo("ä");
      assertThat(found.headers().firstValue("CF-KV-Metadata")).contains("{\"n\":1}");
      assertThat(found.headers().firstValue("CF-Expiration")).contains("1798761600");

      assertThat(ask(http, emulator, "emulator/ns/0", "none").statusCode()).isEqualTo(404);
      // It keeps misses.
      namespace.apply(2, List.of(new Change("none", value)));
      clock.advance(SPREAD.minusSeconds(1));
      assertThat(ask(http, emulator, "emulator/ns/0", "none").statusCode()).isEqualTo(404);
      clock.advance(Duration.ofSeconds(1));
      assertThat(ask(http, emulator, "emulator/ns/0", "none").statusCode()).isEqualTo(200);

      for (String location : List.of("", "emulator/ns/2", "emulator/ns/-1", "other/ns/0", "1")) {
        assertThat(ask(http, emulator, location, "none").statusCode()).as(location).isEqualTo(400);
      }
      assertThat(ask(http, emulator, "emulator/ns/0", "a/b").statusCode()).isEqualTo(405);
    }
  }

  /** Numbers are written, one a second; every half a second it is looked at what is there. */
  private List<Integer> watch(EmulatedNamespace namespace, int location) {
    List<Integer> seen = new ArrayList<>();
    for (int i = 0; i < 2 * (CHANGES + (int) SPREAD.toSeconds()); i++) {
      if (i % 2 == 0 && i < 2 * CHANGES) {
        write(namespace, Integer.toString(location * CHANGES + i / 2));
      }
      clock.advance(Duration.ofMillis(500));
      namespace
          .edge(location)
          .read("a")
          .map(value -> Integer.valueOf(value.text()))
          .ifPresent(seen::add);
    }
    return seen;
  }

  private EmulatorConfig config(int locations, Duration cacheTtl, long seed) {
    return EmulatorConfig.of(0, "ns", "t0k3n")
        .withClock(clock)
        .withEdges(new EdgeConfig(locations, cacheTtl, SPREAD, seed));
  }

  /** Without a cache, so that a look shows what the location has heard. */
  private EmulatedNamespace namespace(int locations, long seed) {
    return new EmulatedNamespace("ns", "ns", config(locations, Duration.ZERO, seed));
  }

  private static void write(EmulatedNamespace namespace, @Nullable String text) {
    StoredValue value =
        text == null ? null : new StoredValue(ByteString.encodeUtf8(text), null, null);
    namespace.apply(1, List.of(new Change("a", value)));
  }

  private static HttpResponse<String> ask(
      HttpClient http, KvEmulator emulator, String location, String path)
      throws IOException, InterruptedException {
    URI uri = emulator.apiUrl().resolve("/" + path + "?urlencoded=true&cache_ttl=30");
    return http.send(
        HttpRequest.newBuilder(uri).header(Binding.LOCATION, location).build(),
        BodyHandlers.ofString());
  }
}
