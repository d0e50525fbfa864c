package dev.forebay.kv.pace;

import java.time.Duration;

/**
 * How often and how soon an attempt is repeated: exponential backoff with full jitter, bounded by
 * attempts and by time.
 *
 * @param maxAttempts attempts in all, at least 1
 * @param base upper bound of the first delay; doubles with each further one
 * @param cap upper bound of any delay
 * @param deadline no attempt begins later than this after the first one
 */
public record RetryPolicy(int maxAttempts, Duration base, Duration cap, Duration deadline) {

  /**
   * @throws IllegalArgumentException if a value makes no sense
   */
  public RetryPolicy {
    if (maxAttempts < 1 || base.isNegative() || cap.compareTo(base) < 0 || deadline.isNegative()) {
      throw new IllegalArgumentException(
          "retry: maxAttempts >= 1 and 0 <= base <= cap and deadline >= 0 are needed, not "
              + "%d, %s, %s, %s".formatted(maxAttempts, base, cap, deadline));
    }
  }

  /** Five attempts within two minutes, first delay up to half a second, none over 20 s. */
  public static RetryPolicy standard() {
    return new RetryPolicy(
        5, Duration.ofMillis(500), Duration.ofSeconds(20), Duration.ofMinutes(2));
  }

  /** One attempt. */
  public static RetryPolicy never() {
    return new RetryPolicy(1, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }

  /**
   * The delay after an attempt.
   *
   * @param attempt the number of the attempt that failed, from 1
   * @param random from 0 (inclusive) to 1 (exclusive)
   * @return between zero and {@code min(cap, base * 2^(attempt-1))}
   */
  public Duration delay(int attempt, double random) {
    double bound =
        Math.min((double) cap.toNanos(), (double) base.toNanos() * Math.pow(2, attempt - 1));
    return Duration.ofNanos((long) (bound * random));
  }
}
