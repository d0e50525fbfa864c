package dev.forebay.ledger;

import dev.forebay.model.Instance;
import javax.sql.DataSource;

/**
 * The ledger of one instance: one object per thing it remembers.
 *
 * @param documents what KV holds
 * @param intents what it may hold besides: calls under way, calls without an answer
 * @param suspects keys that a worker without a lease may still change
 * @param deadLetters documents that cannot be published
 * @param models resyncs that are due
 * @param resyncProgress how far those have come
 * @param fanOuts changes that touch very many documents
 * @param requested documents that must be built again
 * @param spend what was written to KV, by day
 * @param lease who leads
 * @param history which life of the database this is
 * @param audit who changed what through the API
 */
public record Ledger(
    Documents documents,
    Intents intents,
    Suspects suspects,
    DeadLetters deadLetters,
    ModelRegister models,
    ResyncProgress resyncProgress,
    FanOuts fanOuts,
    RequestedDocuments requested,
    Spend spend,
    Lease lease,
    History history,
    AuditLog audit) {

  /** Opens the ledger of an instance whose schema {@link LedgerSchema} has prepared. */
  public static Ledger open(DataSource dataSource, Instance instance) {
    LedgerSql sql = new LedgerSql(dataSource, instance.databaseName());
    return new Ledger(
        new Documents(sql),
        new Intents(sql),
        new Suspects(sql),
        new DeadLetters(sql),
        new ModelRegister(sql),
        new ResyncProgress(sql),
        new FanOuts(sql),
        new RequestedDocuments(sql),
        new Spend(sql),
        new Lease(sql),
        new History(sql),
        new AuditLog(sql));
  }
}
