package dev.forebay.worker.history;

import java.time.Duration;

/**
 * How a history is kept.
 *
 * @param namespace id of the KV namespace, to tell a wiped one from another one
 * @param rotateEvery between two changes of the nonce; each costs two calls and one write
 * @param staleFor how long after a write KV may still show what it held before
 * @param lookEvery between two looks at the ledger
 * @param continueAfterFailover whether a new timeline with a nonce in step starts a new history by
 *     itself; else it halts
 */
public record HistoryConfig(
    String namespace,
    Duration rotateEvery,
    Duration staleFor,
    Duration lookEvery,
    boolean continueAfterFailover) {

  private static final Duration ROTATE_EVERY = Duration.ofMinutes(5);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /**
   * @throws IllegalArgumentException if KV may show a nonce before the last one
   */
  public HistoryConfig {
    if (rotateEvery.compareTo(staleFor) <= 0) {
      throw new IllegalArgumentException(
          "a nonce must last longer (" + rotateEvery + ") than KV may be stale (" + staleFor + ")");
    }
  }

  /** The defaults: a nonce lasts five minutes. */
  public static HistoryConfig of(
      String namespace, Duration staleFor, boolean continueAfterFailover) {
    return new HistoryConfig(namespace, ROTATE_EVERY, staleFor, LOOK_EVERY, continueAfterFailover);
  }

  /**
   * How long the control key must stay as it is before a copied data directory counts as moved:
   * whoever uses the original changes it twice in that time.
   */
  Duration watchFor() {
    return rotateEvery.multipliedBy(2).plus(staleFor);
  }

  /** Between two looks at the control key while it is watched. */
  Duration watchEvery() {
    return rotateEvery.dividedBy(10);
  }
}
