package dev.forebay.worker.publish;

import dev.forebay.ledger.DeadLetters;
import dev.forebay.ledger.DeadLetters.Retry;
import dev.forebay.model.DocumentKey;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.DirtyDocuments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Makes the attempts at dead letters that people ask for. A wish stays in the ledger until its
 * attempt is over, so that a worker that dies in between leaves it to the next. For one thread.
 */
public final class DeadLetterRetries {

  private final DeadLetters deadLetters;
  private final DirtyDocuments dirty;
  private final Predicate<DocumentKey> waits;
  private final Map<Retry, Cause> running = new HashMap<>();

  /**
   * @param dirty where keys are marked
   * @param waits which keys nobody can build now: the wish stays
   */
  public DeadLetterRetries(
      DeadLetters deadLetters, DirtyDocuments dirty, Predicate<DocumentKey> waits) {
    this.waits = waits;
    this.deadLetters = deadLetters;
    this.dirty = dirty;
  }

  /** Marks what was asked for and answers what is done; call it about once a second. */
  public void step() {
    List<Retry> requested = deadLetters.requestedRetries();
    // A document that was published meanwhile is no dead letter, and its wish is gone with it.
    running.keySet().retainAll(requested);
    List<Retry> done = new ArrayList<>();
    for (Retry retry : requested) {
      if (waits.test(retry.key())) {
        continue;
      }
      Cause before = running.get(retry);
      if (before == null) {
        Cause cause = Cause.request();
        dirty.markRemembered(List.of(retry.key()), cause);
        cause.close();
        running.put(retry, cause);
      } else if (before.isSettled()) {
        done.add(retry);
      }
    }
    if (!done.isEmpty()) {
      deadLetters.answered(done);
    }
  }
}
