package dev.forebay.worker.route;

import dev.forebay.ledger.Ledger;
import dev.forebay.model.RowChange;
import java.util.Collection;

/** Requests that the ledger keeps. */
public final class LedgerRequests implements Requests {

  private final Ledger ledger;

  public LedgerRequests(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void resync(Collection<String> models, String reason) {
    ledger.models().request(models, reason);
  }

  @Override
  public void fanOut(Collection<RowChange> rows) {
    ledger.fanOuts().add(rows);
  }
}
