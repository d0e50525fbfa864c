package dev.forebay.worker.resync;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How fast resyncs may mark documents, all of them together, so that a backfill leaves PostgreSQL
 * and the account's requests to others. Confined to one thread.
 */
public final class Pace {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private int perSecond;
  private final LongSupplier nanos;
  private long next;

  /**
   * @param perSecond documents; 0 for no limit
   * @param nanos a clock such as {@link System#nanoTime}
   */
  public Pace(int perSecond, LongSupplier nanos) {
    if (perSecond < 0) {
      throw new IllegalArgumentException("a rate is not negative: " + perSecond);
    }
    this.perSecond = perSecond;
    this.nanos = nanos;
    this.next = nanos.getAsLong();
  }

  /** Goes on at another pace; 0 for no limit. */
  void rate(int documentsPerSecond) {
    if (documentsPerSecond != perSecond) {
      perSecond = documentsPerSecond;
      next = nanos.getAsLong();
    }
  }

  /**
   * How many documents the next page may have: a second's worth, so that a slow pace is an even
   * one; 0 if it is too early.
   */
  int page(int most) {
    if (perSecond == 0) {
      return most;
    }
    return nanos.getAsLong() - next < 0 ? 0 : Math.min(most, perSecond);
  }

  /** A page was marked. */
  void took(int documents) {
    if (perSecond > 0) {
      next = Math.max(next, nanos.getAsLong() - SECOND) + documents * SECOND / perSecond;
    }
  }
}
