package dev.forebay.worker.publish;

import dev.forebay.model.DocumentKey;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.DirtyDocuments;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Keys that a call without an answer may still overwrite: each is marked dirty again once that can
 * no longer happen, so that the current state has the last word. Safe for any thread.
 */
public final class Reassertions {

  private record Due(Instant at, DocumentKey key) {}

  private final PriorityQueue<Due> queue = new PriorityQueue<>(Comparator.comparing(Due::at));
  private final DirtyDocuments dirty;
  private final InstantSource clock;

  /**
   * @param dirty where keys are marked
   * @param clock what the times are compared with
   */
  public Reassertions(DirtyDocuments dirty, InstantSource clock) {
    this.dirty = dirty;
    this.clock = clock;
  }

  /** Asks for a key to be asserted again at the given time. */
  public synchronized void add(DocumentKey key, Instant at) {
    queue.add(new Due(at, key));
  }

  /** Marks the keys whose time has come; call it about once a second. */
  public void step() {
    List<DocumentKey> due = new ArrayList<>();
    synchronized (this) {
      Instant now = clock.instant();
      for (Due head = queue.peek(); head != null && !head.at.isAfter(now); head = queue.peek()) {
        due.add(head.key);
        queue.remove();
      }
    }
    if (!due.isEmpty()) {
      Cause cause = Cause.request();
      dirty.mark(due, cause);
      cause.close();
    }
  }
}
