package dev.forebay.worker.dirty;

/** Which dirty documents a claim may take. */
public enum Lane {
  /** Those with a live change alone, so that they need not wait for a large batch of others. */
  LIVE,
  /** All, those with a live change first. */
  ALL
}
