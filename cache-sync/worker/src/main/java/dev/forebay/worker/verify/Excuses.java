package dev.forebay.worker.verify;

import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.ModelRegister.Resync;
import dev.forebay.ledger.ResyncProgress.Phase;
import dev.forebay.ledger.ResyncProgress.Reached;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import dev.forebay.worker.verify.Awaited.Why;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells what the worker has not come to from what is wrong. It is asked before each look: whatever
 * settles after that makes the look right, and not the other way round. For one thread.
 */
final class Excuses {

  private final Ledger ledger;
  private final AtWork atWork;
  private final Map<String, UnderWay> underWay = new TreeMap<>();

  Excuses(Ledger ledger, AtWork atWork) {
    this.ledger = ledger;
    this.atWork = atWork;
  }

  /**
   * What the worker was doing before a look.
   *
   * @param resyncs how far each resync had come, by model; null: not begun
   * @param requested KV keys that the ledger still has to have built
   */
  record Before(AtWork.Now now, Map<String, @Nullable Reached> resyncs, Set<String> requested) {

    /**
     * Why a key that the look confirmed to be wrong is no drift; empty if it is.
     *
     * @param first an earlier look, at which it was wrong too
     */
    Optional<Why> excuse(DocumentKey key, Verdict verdict, Verdict first) {
      if (!verdict.wouldBeWritten()) {
        return Optional.empty();
      } else if (now.dirty().contains(key.kvKey())) {
        return Optional.of(Why.DIRTY);
      } else if (requested.contains(key.kvKey())) {
        return Optional.of(Why.REQUESTED);
      } else if (resyncs.containsKey(key.model()) && isAhead(resyncs.get(key.model()), verdict)) {
        return Optional.of(Why.RESYNC);
      }
      // What the database said at the first look is older than the time since then.
      Duration since = Duration.ofNanos(verdict.at() - first.at());
      return now.lag().compareTo(since) > 0 ? Optional.of(Why.LAG) : Optional.empty();
    }

    private static boolean isAhead(@Nullable Reached reached, Verdict verdict) {
      if (reached == null) {
        return true;
      }
      Snapshot version = verdict.known().version();
      return version == null
          ? reached.phase() == Phase.PRESENT && verdict.wanted() != null
          : !version.seesAllOf(reached.since());
    }
  }

  /** Asks what the worker is doing. */
  Before ask(Collection<DocumentKey> keys) {
    Map<String, @Nullable Reached> resyncs = resyncs();
    List<String> kvKeys = keys.stream().map(DocumentKey::kvKey).toList();
    AtWork.Now now = atWork.now(kvKeys);
    // Last: what is requested stays so until it is settled, and what is dirty may become held.
    return new Before(now, resyncs, ledger.requested().find(kvKeys));
  }

  private Map<String, @Nullable Reached> resyncs() {
    Map<String, @Nullable Reached> resyncs = new HashMap<>();
    for (Resync resync : ledger.models().due()) {
      Reached reached = ledger.resyncProgress().find(resync).orElse(null);
      resyncs.put(resync.model(), reached);
      underWay.put(
          resync.model(),
          new UnderWay(
              resync.model(),
              resync.reason(),
              reached == null ? 0 : reached.settled(),
              reached == null ? -1 : reached.total()));
    }
    return resyncs;
  }

  /** Every backfill and resync that was met, as last seen. */
  List<UnderWay> underWay() {
    return List.copyOf(underWay.values());
  }
}
