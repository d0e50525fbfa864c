package dev.forebay.worker.verify;

import dev.forebay.model.DocumentKey;
import dev.forebay.worker.verify.Drift.Kind;

/**
 * A key that is wrong in KV because the worker has not come to it, which is no drift.
 *
 * @param kind how KV is wrong
 * @param why how it is known that the worker will
 */
public record Awaited(DocumentKey key, Kind kind, Why why) {

  /** What will bring the document to KV. */
  public enum Why {
    /** A backfill or resync of its model that has not reached it. */
    RESYNC,
    /** It is dirty in the worker. */
    DIRTY,
    /** A wide change or a person has requested it, or it waits for the day's writes. */
    REQUESTED,
    /** Its change is younger than what the worker has settled. */
    LAG
  }
}
