package dev.forebay.kv.emulator;

import dev.forebay.kv.KeyOrder;
import dev.forebay.kv.pace.KeyFloor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The data of one namespace. Safe for any thread. */
public final class EmulatedNamespace {

  /**
   * What is to become of a key.
   *
   * @param value null to delete it
   */
  record Change(String key, @Nullable StoredValue value) {}

  private record Late(Instant due, long request, List<Change> changes) {}

  private final String id;
  private final InstantSource clock;
  private final KeyFloor floor;
  private final List<EdgeLocation> edges;
  private final NavigableMap<String, StoredValue> values = new TreeMap<>(KeyOrder.UTF8);
  private final List<Applied> log = new ArrayList<>();
  private final List<Late> late = new ArrayList<>();
  private String title;

  EmulatedNamespace(String id, String title, EmulatorConfig config) {
    this.id = id;
    this.title = title;
    this.clock = config.clock();
    this.floor = new KeyFloor(config.limits().keyFloor());
    this.edges =
        IntStream.range(0, config.edges().locations())
            .mapToObj(i -> new EdgeLocation(this, i, config.edges(), clock))
            .toList();
  }

  public String id() {
    return id;
  }

  public synchronized String title() {
    return title;
  }

  synchronized void rename(String newTitle) {
    title = newTitle;
  }

  /** How a place of the world sees it, from 0. */
  public EdgeLocation edge(int number) {
    return edges.get(number);
  }

  /** What the central store holds; empty if absent or expired. */
  public synchronized Optional<StoredValue> find(String key) {
    Instant now = catchUp();
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isExpired(now));
  }

  /** Everything that has not expired, in the order of listings; a copy. */
  public synchronized Map<String, StoredValue> all() {
    Instant now = catchUp();
    TreeMap<String, StoredValue> copy = new TreeMap<>(values);
    copy.values().removeIf(value -> value.isExpired(now));
    return copy;
  }

  /** Every change so far, in order; a copy. Expiry is none. */
  public synchronized List<Applied> log() {
    catchUp();
    return List.copyOf(log);
  }

  /** The changes after the one with this number, in order; a copy. 0 for all. */
  public synchronized List<Applied> logAfter(long number) {
    catchUp();
    return List.copyOf(log.subList((int) number, log.size()));
  }

  /** How many keys are due to change late. */
  public synchronized int lateKeys() {
    catchUp();
    return late.stream().mapToInt(l -> l.changes().size()).sum();
  }

  /**
   * A page of keys that begin with the prefix.
   *
   * @param after null to begin at the first
   */
  synchronized List<Map.Entry<String, StoredValue>> list(
      String prefix, @Nullable String after, int limit) {
    Instant now = catchUp();
    NavigableMap<String, StoredValue> tail =
        after == null ? values.tailMap(prefix, true) : values.tailMap(after, false);
    return tail.entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .filter(entry -> !entry.getValue().isExpired(now))
        .limit(limit)
        .<Map.Entry<String, StoredValue>>map(e -> Map.entry(e.getKey(), e.getValue()))
        .toList();
  }

  /** Those changes whose key was written less than the floor ago. */
  synchronized List<Change> tooSoon(List<Change> changes) {
    Instant now = catchUp();
    return changes.stream().filter(c -> floor.earliest(c.key(), now).isAfter(now)).toList();
  }

  synchronized void apply(long request, List<Change> changes) {
    Instant now = catchUp();
    floor.wrote(changes.stream().map(Change::key).toList(), now);
    changes.forEach(change -> apply(change, request, now, false));
  }

  synchronized void applyLate(long request, List<Change> changes, Duration delay) {
    late.add(new Late(clock.instant().plus(delay), request, changes));
    late.sort(Comparator.comparing(Late::due));
  }

  /** Whatever is due by now happens before anything else is seen or done. */
  private Instant catchUp() {
    Instant now = clock.instant();
    while (!late.isEmpty() && !late.getFirst().due().isAfter(now)) {
      Late due = late.removeFirst();
      due.changes().forEach(change -> apply(change, due.request(), due.due(), true));
    }
    return now;
  }

  private void apply(Change change, long request, Instant at, boolean isLate) {
    StoredValue value = change.value();
    if (value == null) {
      values.remove(change.key());
    } else {
      values.put(change.key(), value);
    }
    log.add(new Applied(log.size() + 1L, at, request, change.key(), value, isLate));
  }
}
