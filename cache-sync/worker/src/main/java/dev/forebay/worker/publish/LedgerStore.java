package dev.forebay.worker.publish;

import dev.forebay.ledger.Intent;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.Published;
import dev.forebay.ledger.Settled;
import dev.forebay.model.DocumentKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/**
 * The ledger as one leader writes it: {@link #open}, {@link #settle} and {@link #leaveOpen} throw
 * {@link dev.forebay.ledger.LedgerException.LeaseLost} once another one leads.
 */
public final class LedgerStore implements DocumentStore {

  private final Ledger ledger;
  private final long term;

  /**
   * @param term of the leader's lease
   */
  public LedgerStore(Ledger ledger, long term) {
    this.ledger = ledger;
    this.term = term;
  }

  @Override
  public Map<String, Published> find(Collection<String> kvKeys) {
    return ledger.documents().find(kvKeys);
  }

  @Override
  public void open(Collection<Intent> intents) {
    ledger.documents().open(term, intents);
  }

  @Override
  public void settle(Collection<Settled> settled) {
    ledger.documents().settle(term, settled);
    ledger.deadLetters().clear(settled.stream().map(one -> one.key().kvKey()).toList());
  }

  @Override
  public void leaveOpen(Map<String, Instant> openUntil) {
    ledger.documents().leaveOpen(term, openUntil);
  }

  @Override
  public void bury(DocumentKey key, String reason) {
    ledger.deadLetters().add(key, reason);
  }
}
