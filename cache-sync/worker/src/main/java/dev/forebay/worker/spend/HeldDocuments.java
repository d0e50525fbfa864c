package dev.forebay.worker.spend;

import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Importance;
import dev.forebay.model.ReadModels;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Documents that wait in the ledger until the day's writes suffice for them, so that neither memory
 * nor the log waits with them. Released, they are requested documents like others, and built in the
 * state of then. One thread takes the steps; {@link #hold} is safe for any.
 */
public final class HeldDocuments {

  /** Released at once at most; the next step is a second away. */
  private static final int MOST = 5_000;

  private final Ledger ledger;
  private final ReadModels models;
  private final Spending spending;

  public HeldDocuments(Ledger ledger, ReadModels models, Spending spending) {
    this.ledger = ledger;
    this.models = models;
    this.spending = spending;
  }

  /**
   * Keeps documents. Durable when this returns.
   *
   * @throws LedgerException if the ledger cannot be told; they are not kept
   */
  public void hold(Collection<DocumentKey> keys) {
    ledger.requested().hold(keys);
    keys.stream()
        .collect(Collectors.groupingBy(DocumentKey::model, Collectors.counting()))
        .forEach(spending::holds);
  }

  /**
   * Releases what may be written now, the most important ones first, the longest waiting of each.
   *
   * @throws LedgerException if the ledger cannot be asked; try again
   */
  public void step() {
    Map<String, Long> held = ledger.requested().held();
    spending.holds(held);
    for (Importance importance : List.of(Importance.values()).reversed()) {
      List<String> waiting =
          held.keySet().stream().filter(model -> importance(model) == importance).toList();
      long room = Math.min(MOST, spending.room(importance));
      if (!waiting.isEmpty() && room > 0) {
        ledger.requested().release(waiting, (int) room);
      }
    }
  }

  /** One that is declared no more is worth nothing, and what is released of it goes unwritten. */
  private Importance importance(String model) {
    return models.find(model).map(its -> its.cadence().importance()).orElse(Importance.LOW);
  }
}
