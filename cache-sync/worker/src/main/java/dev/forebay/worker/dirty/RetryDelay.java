package dev.forebay.worker.dirty;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: exponential with full jitter, so that what failed together
 * does not come back together. A pure function of its random numbers; safe for any thread if those
 * are.
 *
 * @param first the longest wait after one failure
 * @param longest the longest wait ever
 * @param random where the jitter comes from
 */
public record RetryDelay(Duration first, Duration longest, RandomGenerator random) {

  /**
   * The wait after the given number of failures in a row.
   *
   * @param failures at least 1
   */
  public Duration after(int failures) {
    int doublings = Math.min(failures - 1, 20);
    long most = Math.min(first.toMillis() << doublings, longest.toMillis());
    return Duration.ofMillis(random.nextLong(most / 4, most + 1));
  }
}
