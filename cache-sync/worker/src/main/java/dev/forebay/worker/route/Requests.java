package dev.forebay.worker.route;

import dev.forebay.model.RowChange;
import java.util.Collection;

/**
 * What routing asks for where documents cannot be marked at once. Durable when a call returns, so
 * that the log may move on; throws {@link dev.forebay.ledger.LedgerException} if it could not be.
 */
public interface Requests {

  /**
   * Asks for every document of these models to be looked at again.
   *
   * @param reason for people
   */
  void resync(Collection<String> models, String reason);

  /** Asks for the documents that these rows touch, too many to be marked now. */
  void fanOut(Collection<RowChange> rows);
}
