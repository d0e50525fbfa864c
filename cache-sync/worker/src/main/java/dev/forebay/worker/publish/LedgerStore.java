package dev.forebay.worker.publish;

import dev.forebay.ledger.Intent;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.Published;
import dev.forebay.ledger.Settled;
import dev.forebay.model.DocumentKey;
import dev.forebay.worker.lease.OpenCalls;
import dev.forebay.worker.spend.HeldDocuments;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/**
 * The ledger as one leader writes it: {@link #open}, {@link #settle} and {@link #leaveOpen} throw
 * {@link dev.forebay.ledger.LedgerException.LeaseLost} once another one leads. Calls that are open
 * are kept in memory too, for the ledger to be told of when the lease is lost.
 */
public final class LedgerStore implements DocumentStore {

  private final Ledger ledger;
  private final long term;
  private final OpenCalls openCalls;
  private final HeldDocuments held;

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
    return ledger.documents().find(kvKeys);
  }

  @Override
  public void open(Collection<Intent> intents) {
    ledger.documents().open(term, intents);
    openCalls.enter(intents.stream().map(Intent::key).toList());
  }

  @Override
  public void settle(Collection<Settled> settled) {
    ledger.documents().settle(term, settled);
    openCalls.leave(settled.stream().map(one -> one.key().kvKey()).toList());
  }

  @Override
  public void leaveOpen(Map<String, Instant> openUntil) {
    ledger.documents().leaveOpen(term, openUntil);
    openCalls.leave(openUntil.keySet());
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
