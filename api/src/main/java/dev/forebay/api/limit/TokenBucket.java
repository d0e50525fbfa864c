package dev.forebay.api.limit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bucket that holds {@code burst} tokens and gains one every {@code interval}. Safe for any
 * thread, without a lock.
 *
 * <p>Its whole state is the time at which it will be full again: taking a token puts that off by an
 * interval, and a bucket that would need longer than all its tokens' time to fill is empty. What is
 * refused takes nothing.
 */
final class TokenBucket {

  private final long intervalNanos;
  private final long capacityNanos;
  private final AtomicLong fullAt;

  /**
   * @param now by the clock that {@link #take} is given
   */
  TokenBucket(int perSecond, int burst, long now) {
    this.intervalNanos = Duration.ofSeconds(1).toNanos() / perSecond;
    this.capacityNanos = intervalNanos * burst;
    this.fullAt = new AtomicLong(now);
  }

  /**
   * Takes a token if there is one.
   *
   * @param now by {@link System#nanoTime()} or another clock that may wrap around
   * @return zero if it was taken, else how long there will be none
   */
  Duration take(long now) {
    while (true) {
      long full = fullAt.get();
      long next = (full - now > 0 ? full : now) + intervalNanos;
      long lacking = next - now - capacityNanos;
      if (lacking > 0) {
        return Duration.ofNanos(lacking);
      }
      if (fullAt.compareAndSet(full, next)) {
        return Duration.ZERO;
      }
    }
  }
}
