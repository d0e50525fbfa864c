package dev.forebay.ops.config;

import java.time.Duration;

/**
 * How a leader verifies KV by itself.
 *
 * @param round about how long all models take; zero: never
 * @param repair whether what is wrong is written again
 */
public record VerifySettings(Duration round, boolean repair) {

  /** Nothing is verified. */
  public static final VerifySettings OFF = new VerifySettings(Duration.ZERO, false);
}
