package dev.forebay.worker.history;

import java.time.Duration;

/** Whether a leader may write, given what was observed. */
public sealed interface Verdict {

  /** Neither KV nor the ledger has a control key's nonce yet: write the first one. */
  record Begin() implements Verdict {}

  /** Ledger, database and KV have gone on together: go on. */
  record InStep() implements Verdict {}

  /**
   * All is in step, but the data directory is not where it was: moved, or copied beside one that
   * goes on. Go on if nobody changes the control key for long enough.
   */
  record Watch() implements Verdict {}

  /** KV may show an old state yet: look again after this time. */
  record LookAgain(Duration after) implements Verdict {}

  /** The database has failed over, and that was agreed to beforehand: start another history. */
  record FailedOver() implements Verdict {}

  /**
   * Write nothing.
   *
   * @param reason for scripts and metrics
   * @param found for people: what was found, what it may mean
   */
  record Halt(Reason reason, String found) implements Verdict {}

  /** Why nothing may be written. */
  enum Reason {
    /** The ledger knows documents, KV has no control key. */
    KV_IS_EMPTY,
    /** KV has documents, the ledger has never published any. */
    KV_IS_NOT_EMPTY,
    /** Another instance's documents are in this namespace, and nobody leads it. */
    OTHER_INSTANCE,
    /** The control key holds something that Forebay did not write. */
    UNREADABLE,
    /** KV belongs to another history. */
    OTHER_HISTORY,
    /** KV has gone on without this database. */
    OUT_OF_STEP,
    /** The ledger is on another server than it was. */
    OTHER_SERVER,
    /** The server is a promoted standby, or was restored to a point in time. */
    OTHER_TIMELINE,
    /** An adoption was interrupted, and what it was agreed to is no longer so. */
    ADOPTION_DISTURBED
  }
}
