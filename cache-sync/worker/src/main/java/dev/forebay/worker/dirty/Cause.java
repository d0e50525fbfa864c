package dev.forebay.worker.dirty;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that made documents dirty: a transaction of the log, a resync, an intent to assert
 * again. It is settled when everything it still holds is released.
 *
 * <p>Holds: one from creation until {@link #close}, one for each event on its way through routing,
 * one for each mark on a document. Safe for any thread.
 */
public final class Cause {

  private final @Nullable Instant committed;
  private final long xid32;
  private volatile long xid;
  private long holds = 1;

  private Cause(@Nullable Instant committed, long xid32) {
    this.committed = committed;
    this.xid32 = xid32;
  }

  /**
   * A transaction as the log names it.
   *
   * @param xid32 the low 32 bits of its id
   * @param committed when, by the database's clock
   */
  public static Cause transaction(long xid32, Instant committed) {
    return new Cause(committed, xid32);
  }

  /** Something that is no transaction: what it asks for is true of any later snapshot. */
  public static Cause request() {
    return new Cause(null, 0);
  }

  /** Whether this is a transaction of the log. */
  public boolean isTransaction() {
    return committed != null;
  }

  /** When the transaction was committed, or null for a request. */
  public @Nullable Instant committed() {
    return committed;
  }

  /** The transaction's id as the log gives it, to be widened. */
  public long xid32() {
    return xid32;
  }

  /** The transaction's 64-bit id; 0 before {@link #widened} and for a request. */
  public long xid() {
    return xid;
  }

  /** Says what the 64-bit id is, once a snapshot has told. */
  public void widened(long xid) {
    this.xid = xid;
  }

  /** Takes one more hold. The caller must own another one while it does. */
  public synchronized void hold() {
    if (holds == 0) {
      throw new IllegalStateException("a settled cause cannot be held again");
    }
    holds++;
  }

  /** Gives one hold back. */
  public synchronized void release() {
    if (holds == 0) {
      throw new IllegalStateException("a hold was released twice");
    }
    holds--;
  }

  /** Releases the hold of creation: nothing new will come from this cause. */
  public void close() {
    release();
  }

  /** Whether everything it asked for is done. */
  public synchronized boolean isSettled() {
    return holds == 0;
  }
}
