package dev.forebay.worker.lease;

import java.time.Duration;

/**
 * When a lease is renewed, looked at, trusted and taken.
 *
 * @param renewEvery how often the leader renews it
 * @param lookEvery how often a standby looks, and how soon what failed is tried again
 * @param trustFor how long after a renewal the leader may write KV without another one
 * @param freeAfter a lease that was not renewed for so long is taken
 */
public record LeaseTiming(
    Duration renewEvery, Duration lookEvery, Duration trustFor, Duration freeAfter) {

  /**
   * @throws IllegalArgumentException if a leader could trust a lease that a standby may take
   */
  public LeaseTiming {
    if (renewEvery.compareTo(trustFor) >= 0 || trustFor.compareTo(freeAfter) >= 0) {
      throw new IllegalArgumentException(
          "lease: renewEvery < trustFor < freeAfter is needed, not %s, %s, %s"
              .formatted(renewEvery, trustFor, freeAfter));
    }
  }

  /**
   * Renewed every 2 s, looked at every 200 ms, trusted for 4 s, free after 8 s: three renewals may
   * fail, and a killed leader is followed in about 9 s and an engine's start.
   */
  public static LeaseTiming standard() {
    return new LeaseTiming(
        Duration.ofSeconds(2),
        Duration.ofMillis(200),
        Duration.ofSeconds(4),
        Duration.ofSeconds(8));
  }
}
