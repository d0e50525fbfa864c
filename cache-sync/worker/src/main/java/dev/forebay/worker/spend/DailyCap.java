package dev.forebay.worker.spend;

import dev.forebay.model.Importance;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;

/**
 * How many writes a day's cap leaves. Each importance has a share of the cap below which nothing
 * waits, and a larger one that it never exceeds: between the two, its writes are spread over what
 * is left of the day (UTC). So the least important ones are slowed first, the others have their own
 * reserve, and the cap holds.
 *
 * <p>Not safe for several threads.
 */
final class DailyCap {

  /**
   * @param free of the cap: until so much is spent, nothing waits
   * @param most of the cap: once so much is spent, everything waits
   */
  private record Shares(double free, double most) {}

  /** What was not taken for so long is lost: a cap is no savings book. */
  private static final double SAVED_SECONDS = 60;

  private static final double NANOS = 1e9;

  private final long cap;
  private final Map<Importance, Double> saved = new EnumMap<>(Importance.class);
  private Instant refilledAt;
  private LocalDate day;
  private long spent;

  /**
   * @param cap writes a day; at least 1
   * @param spent of them already, today
   */
  DailyCap(long cap, Instant now, long spent) {
    if (cap < 1) {
      throw new IllegalArgumentException("a cap is at least 1: " + cap);
    }
    this.cap = cap;
    this.day = day(now);
    this.refilledAt = now;
    this.spent = spent;
  }

  static LocalDate day(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC);
  }

  /** How many writes may be made now. */
  long room(Importance importance, Instant now) {
    refill(now);
    long free = share(shares(importance).free) - spent;
    long paced = (long) Math.floor(saved.getOrDefault(importance, 0.0));
    return Math.max(0, Math.max(free, Math.min(paced, share(shares(importance).most) - spent)));
  }

  /** Counts writes that are about to be made. */
  void take(Importance importance, long writes, Instant now) {
    refill(now);
    long free = Math.max(0, share(shares(importance).free) - spent);
    saved.merge(importance, -(double) Math.max(0, writes - free), Double::sum);
    spent += writes;
  }

  /** Writes that were counted and not made. */
  void giveBack(long writes) {
    spent -= Math.min(spent, writes);
  }

  long cap() {
    return cap;
  }

  private static Shares shares(Importance importance) {
    return switch (importance) {
      case LOW -> new Shares(0.50, 0.80);
      case NORMAL -> new Shares(0.75, 0.95);
      case HIGH -> new Shares(0.90, 1.00);
    };
  }

  private long share(double share) {
    return (long) Math.floor(cap * share);
  }

  private void refill(Instant now) {
    LocalDate today = day(now);
    if (!today.equals(day)) {
      day = today;
      spent = 0;
      saved.clear();
      refilledAt = now;
    }
    double seconds = Math.max(0, Duration.between(refilledAt, now).toNanos() / NANOS);
    Instant midnight = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    double left = Math.max(1, Duration.between(now, midnight).toNanos() / NANOS);
    for (Importance importance : Importance.values()) {
      double perSecond = Math.max(0, share(shares(importance).most) - spent) / left;
      double most = Math.max(1, perSecond * SAVED_SECONDS);
      saved.merge(importance, seconds * perSecond, (before, more) -> Math.min(most, before + more));
    }
    refilledAt = now;
  }
}
