package dev.forebay.worker.dirty;

/** Which dirty documents a claim may take. */
public enum Lane {
  /** All, those with a live change first. */
  ALL,
  /** Those with a live change alone, so that they need not wait for a large batch of others. */
  LIVE,
  /**
   * A whole batch, live changes first, or nothing: who helps only where much waits. Small batches
   * at the same time would cost more calls and writes, because less coalesces while they wait.
   */
  BACKLOG
}
