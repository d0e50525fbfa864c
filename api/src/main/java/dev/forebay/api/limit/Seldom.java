package dev.forebay.api.limit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Lets one of many through in ten seconds: a line in the log for a storm, not for each drop. Safe
 * for any thread; nothing waits.
 */
public final class Seldom {

  static final Duration BETWEEN = Duration.ofSeconds(10);

  private final LongSupplier nanoTime;
  private final AtomicLong lastAt;

  /** By the clock of the machine; the first one is let through. */
  public Seldom() {
    this(System::nanoTime);
  }

  /**
   * @param nanoTime as {@link System#nanoTime()}
   */
  Seldom(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.lastAt = new AtomicLong(nanoTime.getAsLong() - BETWEEN.toNanos());
  }

  /** Whether this one is let through; one at most of those who ask at once. */
  public boolean isDue() {
    long now = nanoTime.getAsLong();
    long last = lastAt.get();
    return now - last >= BETWEEN.toNanos() && lastAt.compareAndSet(last, now);
  }
}
