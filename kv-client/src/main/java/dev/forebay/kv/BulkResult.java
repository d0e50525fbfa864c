package dev.forebay.kv;

import java.util.Map;

/**
 * What became of every key of a bulk call.
 *
 * @param outcomes one entry for each key that was given, no other
 */
public record BulkResult(Map<String, KeyOutcome> outcomes) {
  public BulkResult {
    outcomes = Map.copyOf(outcomes);
  }

  /** The outcome of a key that was part of the call. */
  public KeyOutcome outcome(String key) {
    KeyOutcome outcome = outcomes.get(key);
    if (outcome == null) {
      throw new IllegalArgumentException("not a key of this call: " + key);
    }
    return outcome;
  }
}
