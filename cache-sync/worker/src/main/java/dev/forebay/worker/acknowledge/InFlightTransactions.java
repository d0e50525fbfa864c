package dev.forebay.worker.acknowledge;

import dev.forebay.worker.dirty.Cause;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one engine attempt that are not acknowledged yet, in the order of their
 * commits. Safe for any thread.
 *
 * @param <R> the record whose offset acknowledges a transaction
 */
public final class InFlightTransactions<R> {

  private static final class Entry<R> {
    private final Cause cause;
    private @Nullable R end;

    private Entry(Cause cause) {
      this.cause = cause;
    }
  }

  private final ArrayDeque<Entry<R>> entries = new ArrayDeque<>();

  /** A transaction begins in the log. */
  public synchronized void begin(Cause cause) {
    entries.addLast(new Entry<>(cause));
  }

  /**
   * The newest transaction is complete: nothing more will come from it.
   *
   * @param end its last record
   */
  public void end(R end) {
    Cause cause;
    synchronized (this) {
      Entry<R> newest = entries.getLast();
      newest.end = end;
      cause = newest.cause;
    }
    cause.close();
  }

  /**
   * Removes the leading transactions that are settled and whole.
   *
   * @return the last record of the newest of them, or empty if there is none
   */
  public synchronized Optional<R> takeSettled() {
    R newest = null;
    for (Entry<R> head = entries.peek(); head != null; head = entries.peek()) {
      R end = head.end;
      if (end == null || !head.cause.isSettled()) {
        break;
      }
      newest = end;
      entries.remove();
    }
    return Optional.ofNullable(newest);
  }

  /** How many transactions are not acknowledged. */
  public synchronized int size() {
    return entries.size();
  }

  /** The commit time of the oldest transaction that is not settled. */
  public synchronized Optional<Instant> oldestUnsettled() {
    return entries.stream()
        .filter(entry -> !entry.cause.isSettled())
        .findFirst()
        .map(entry -> entry.cause.committed());
  }
}
