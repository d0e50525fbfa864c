package dev.forebay.worker.publish;

import dev.forebay.ledger.Call;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.Published;
import dev.forebay.ledger.Settled;
import dev.forebay.model.DocumentKey;
import dev.forebay.worker.lease.OpenCalls;
import dev.forebay.worker.spend.HeldDocuments;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The ledger as one leader writes it: {@link #open}, {@link #close} and {@link #settle} throw
 * {@link dev.forebay.ledger.LedgerException.LeaseLost} once another one leads. Calls that are open
 * are kept in memory too, for the ledger to be told of when the lease is lost.
 */
public final class LedgerStore implements DocumentStore {

  private final Ledger ledger;
  private final long term;
  private final OpenCalls openCalls;
  private final HeldDocuments held;
  private final Set<UUID> abandoned = new HashSet<>();

  /**
   * @param term of the leader's lease
   */
  public LedgerStore(Ledger ledger, long term, OpenCalls openCalls, HeldDocuments held) {
    this.ledger = ledger;
    this.term = term;
    this.openCalls = openCalls;
    this.held = held;
  }

  @Override
  public Map<String, Published> find(Collection<String> kvKeys) {
    // Under the lock, so that no one else looks before their keys are in doubt.
    synchronized (abandoned) {
      if (!abandoned.isEmpty()) {
        ledger.intents().abandon(term, abandoned);
        abandoned.clear();
      }
    }
    return ledger.documents().find(kvKeys);
  }

  @Override
  public void open(Call call) {
    ledger.intents().open(term, call);
    openCalls.enter(call.keys().stream().map(Call.Intended::key).toList());
  }

  @Override
  public void close(UUID call, Collection<Settled> settled, Map<String, Instant> unanswered) {
    ledger.intents().close(term, call, settled, unanswered);
    openCalls.leave(settled.stream().map(one -> one.key().kvKey()).toList());
    openCalls.leave(unanswered.keySet());
  }

  @Override
  public void abandon(UUID call) {
    synchronized (abandoned) {
      abandoned.add(call);
    }
  }

  @Override
  public void settle(Collection<Settled> settled) {
    ledger.documents().settle(term, settled);
  }

  @Override
  public void hold(Collection<DocumentKey> keys) {
    held.hold(keys);
  }

  @Override
  public void bury(DocumentKey key, String reason) {
    ledger.deadLetters().add(key, reason);
  }
}
