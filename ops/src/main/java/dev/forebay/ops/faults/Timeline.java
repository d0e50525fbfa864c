package dev.forebay.ops.faults;

import dev.forebay.ops.faults.check.Excuses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Which fault was when, and how long after it everything flowed again. Safe for any thread. */
final class Timeline implements Excuses {

  /** A worker that was replaced may still be ending, and the new one is starting. */
  private static final Duration AFTER_WORKER = Duration.ofSeconds(10);

  private static final Duration AFTER_ANSWER = Duration.ofSeconds(2);

  private static final class Entry {
    final FaultKind kind;
    final Instant from;
    Instant until = Instant.MAX;
    boolean recovered;

    Entry(FaultKind kind, Instant from) {
      this.kind = kind;
      this.from = from;
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final Map<FaultKind, List<Duration>> recoveries = new EnumMap<>(FaultKind.class);

  synchronized void began(FaultKind kind, Instant at) {
    entries.add(new Entry(kind, at));
  }

  /** The fault that began last is over. */
  synchronized void ended(Instant at) {
    entries.getLast().until = at;
  }

  /** The fault that began last has not come about. */
  synchronized void missed() {
    entries.removeLast();
  }

  /** Everything flows: what has ended by now has been recovered from. */
  synchronized void flows(Instant at) {
    for (Entry entry : entries) {
      if (!entry.recovered && entry.until.isBefore(at)) {
        entry.recovered = true;
        recoveries
            .computeIfAbsent(entry.kind, kind -> new ArrayList<>())
            .add(Duration.between(entry.until, at));
      }
    }
  }

  /** Whether there is a fault that nothing has recovered from yet. */
  synchronized boolean isRecovering() {
    return entries.stream().anyMatch(entry -> !entry.recovered);
  }

  /** The fault that began last. */
  synchronized FaultKind last() {
    return entries.getLast().kind;
  }

  /** Waits no longer for what has not been recovered from. */
  synchronized void giveUp() {
    entries.forEach(entry -> entry.recovered = true);
  }

  /** How many faults there were, by kind. */
  synchronized Map<FaultKind, Integer> counts() {
    Map<FaultKind, Integer> counts = new EnumMap<>(FaultKind.class);
    entries.forEach(entry -> counts.merge(entry.kind, 1, Integer::sum));
    return counts;
  }

  synchronized int size() {
    return entries.size();
  }

  synchronized Map<FaultKind, List<Duration>> recoveries() {
    Map<FaultKind, List<Duration>> copy = new EnumMap<>(FaultKind.class);
    recoveries.forEach((kind, times) -> copy.put(kind, List.copyOf(times)));
    return copy;
  }

  @Override
  public synchronized boolean twoWriters(Instant from, Instant to) {
    return overlaps(FaultKind.Side.WORKER, from, to, AFTER_WORKER);
  }

  @Override
  public synchronized boolean lostAnswers(Instant from, Instant to) {
    return overlaps(FaultKind.Side.KV, from, to, AFTER_ANSWER);
  }

  private boolean overlaps(FaultKind.Side side, Instant from, Instant to, Duration after) {
    return entries.stream()
        .filter(entry -> entry.kind.side() == side)
        .anyMatch(entry ->
            !entry.from.isAfter(to)
                && (entry.until.equals(Instant.MAX) || !entry.until.plus(after).isBefore(from)));
  }
}
