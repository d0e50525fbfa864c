package dev.forebay.worker.dirty;

/** Which dirty documents a claim may take. */
public enum Lane {
  /** All in one batch, those with a live change first: the least calls. */
  ALL,
  /** Those with a live change alone, so that they need not wait for a large batch of others. */
  LIVE,
  /**
   * Those without a live change, so that a large batch of them does not carry a live one along;
   * live ones where whole batches of them wait, or nothing else does.
   */
  REQUESTED,
  /**
   * A whole batch of either kind, of live changes first, or nothing: who helps only where much
   * waits. Small batches at the same time would cost more calls and writes, because less coalesces
   * while they wait.
   */
  BACKLOG
}
