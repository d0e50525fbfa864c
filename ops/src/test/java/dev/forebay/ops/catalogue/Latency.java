package dev.forebay.ops.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * How long a committed change takes to be readable in KV.
 *
 * <p>One thread makes changes at a steady pace and in between asks KV for the oldest that is not
 * readable yet: more readers would slow the local server down. The figures contain the time of the
 * answer, and that of the answers before it.
 */
final class Latency {

  private static final Duration SPACING = Duration.ofMillis(50);
  private static final Duration LOOK = Duration.ofMillis(10);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Connection connection;
  private final KvClient kv;
  private final String keyPrefix;
  private final Deque<Change> outstanding = new ArrayDeque<>();
  private final List<Duration> times = new ArrayList<>();

  private record Change(String key, String title, long committedNanos) {}

  private record Album(int id, String key) {}

  /** The times of the middle one and of the last but one in a hundred. */
  record Percentiles(Duration p50, Duration p99) {}

  private Latency(SyncedCatalogue catalogue) {
    this.connection = catalogue.connection();
    this.kv = catalogue.kv();
    this.keyPrefix = catalogue.keyPrefix();
  }

  /** Changes as many albums, each once. */
  static Percentiles measure(SyncedCatalogue catalogue, int changes) throws SQLException {
    return new Latency(catalogue).measure(changes);
  }

  private Percentiles measure(int changes) throws SQLException {
    List<Album> albums = albums(changes);
    assertThat(albums).hasSize(changes);
    long start = System.nanoTime();
    for (int i = 0; i < changes; i++) {
      lookUntil(start + i * SPACING.toNanos());
      change(albums.get(i), i);
    }
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!outstanding.isEmpty()) {
      assertThat(System.nanoTime())
          .as("changes still to come: " + outstanding)
          .isLessThan(deadline);
      look();
    }
    times.sort(null);
    return new Percentiles(percentile(50), percentile(99));
  }

  private Duration percentile(int percent) {
    return times.get((int) Math.ceil(times.size() * percent / 100.0) - 1);
  }

  /** The key of an album ends with its id in every data set. */
  private List<Album> albums(int most) {
    try (Stream<KvKey> keys = kv.keys(keyPrefix + "album:")) {
      return keys.map(KvKey::name)
          .limit(most)
          .map(key -> new Album(Integer.parseInt(key.replaceFirst(".*\\D", "")), key))
          .toList();
    }
  }

  private void change(Album album, int number) throws SQLException {
    String title = "readable soon " + number;
    try (PreparedStatement statement =
        connection.prepareStatement("update album set title = ? where album_id = ?")) {
      statement.setString(1, title);
      statement.setInt(2, album.id);
      statement.executeUpdate();
    }
    outstanding.add(new Change(album.key, title, System.nanoTime()));
  }

  private void lookUntil(long nanos) {
    while (System.nanoTime() < nanos) {
      look();
    }
  }

  private void look() {
    // The pace of a measurement, not a wait for a state.
    LockSupport.parkNanos(LOOK.toNanos());
    while (!outstanding.isEmpty() && isReadable(outstanding.getFirst())) {
      times.add(Duration.ofNanos(System.nanoTime() - outstanding.removeFirst().committedNanos));
    }
  }

  private boolean isReadable(Change change) {
    return kv.getBytes(change.key)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .filter(document -> document.contains("\"" + change.title + "\""))
        .isPresent();
  }
}
