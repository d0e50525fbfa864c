package dev.forebay.kv.emulator;

import java.time.Duration;

/**
 * How the places of the world see a namespace.
 *
 * @param locations how many there are
 * @param cacheTtl how long each keeps what it read, misses too
 * @param spread how long a change may be on its way to a location; zero: each hears of it at once.
 *     Half of the changes take a tenth of that at most, the others any time up to it. So a location
 *     may hear of an older change after a newer one. Once the newest is that old each has it
 * @param seed of these delays
 */
public record EdgeConfig(int locations, Duration cacheTtl, Duration spread, long seed) {

  /** Three locations with a cache of 60 s that hear of every change at once. */
  public static final EdgeConfig DEFAULT =
      new EdgeConfig(3, Duration.ofSeconds(60), Duration.ZERO, 0);

  public EdgeConfig {
    if (locations < 0 || cacheTtl.isNegative() || spread.isNegative()) {
      throw new IllegalArgumentException(
          "locations, cacheTtl and spread must not be negative: %d, %s, %s"
              .formatted(locations, cacheTtl, spread));
    }
  }
}
