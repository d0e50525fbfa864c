package dev.forebay.worker.verify;

import java.time.Duration;

/**
 * How a leader verifies by itself.
 *
 * @param round about how long all models take; a round begins that long after the one before. Zero:
 *     never
 * @param spacing the least time between two requests to KV
 * @param pause before each look at what is doubtful: longer than what is written needs to be seen
 * @param repair whether what is wrong is written again
 */
public record VerifyConfig(Duration round, Duration spacing, Duration pause, boolean repair) {

  /** Nothing is verified. */
  public static final VerifyConfig OFF =
      new VerifyConfig(Duration.ZERO, Duration.ZERO, Duration.ZERO, false);

  /** Whether anything is verified. */
  public boolean isOn() {
    return round.isPositive();
  }
}
