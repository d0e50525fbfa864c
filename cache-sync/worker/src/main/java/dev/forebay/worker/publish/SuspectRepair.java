package dev.forebay.worker.publish;

import dev.forebay.ledger.Suspect;
import dev.forebay.ledger.Suspects;
import dev.forebay.model.DocumentKey;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.DirtyDocuments;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Asserts the state of keys that a worker without a lease may have changed: at once, in case it
 * has, and again when it no longer can. For one thread.
 *
 * <p>In between a suspect key is never "unchanged", see {@link Suspects}.
 */
public final class SuspectRepair {

  /** A key that was marked, and whether that was after its deadline. */
  private record Marked(Instant deadline, boolean last, Cause cause) {}

  private final Suspects suspects;
  private final long term;
  private final DirtyDocuments dirty;
  private final Predicate<DocumentKey> waits;
  private final Map<String, Marked> marked = new HashMap<>();

  /**
   * @param term of this worker's lease
   * @param dirty where keys are marked
   * @param waits which keys nobody can build now: they stay suspects
   */
  public SuspectRepair(
      Suspects suspects, long term, DirtyDocuments dirty, Predicate<DocumentKey> waits) {
    this.waits = waits;
    this.suspects = suspects;
    this.term = term;
    this.dirty = dirty;
  }

  /** Marks what is new or over and forgets what is done; call it about once a second. */
  public void step() {
    List<Suspect> done = new ArrayList<>();
    for (Suspect suspect : suspects.list()) {
      if (waits.test(suspect.key())) {
        continue;
      }
      Marked before = marked.get(suspect.key().kvKey());
      if (before == null || !before.deadline.equals(suspect.deadline())) {
        mark(suspect);
      } else if (suspect.over() && !before.last) {
        mark(suspect);
      } else if (before.last && before.cause.isSettled()) {
        done.add(suspect);
      }
    }
    if (!done.isEmpty()) {
      suspects.forget(term, done);
      done.forEach(suspect -> marked.remove(suspect.key().kvKey()));
    }
  }

  private void mark(Suspect suspect) {
    DocumentKey key = suspect.key();
    Cause cause = Cause.request();
    dirty.markRemembered(List.of(key), cause);
    cause.close();
    marked.put(key.kvKey(), new Marked(suspect.deadline(), suspect.over(), cause));
  }
}
