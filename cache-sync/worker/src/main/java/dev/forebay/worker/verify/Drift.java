package dev.forebay.worker.verify;

import dev.forebay.model.DocumentKey;

/**
 * A key about which KV and PostgreSQL disagree.
 *
 * @param key which
 * @param kind how
 */
public record Drift(DocumentKey key, Kind kind) {

  /** How KV is wrong. */
  public enum Kind {
    /** A document that KV does not have. */
    MISSING,
    /** A key in KV that no root row owns. */
    EXTRA,
    /** An older state, of which the ledger knows. */
    STALE,
    /** A value that Forebay did not write there. */
    DIFFERENT
  }
}
