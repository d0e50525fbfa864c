package dev.forebay.ledger;

import java.util.Collection;
import java.util.List;

/**
 * The documents of each model as a set, and the resyncs they are due. A request is durable when the
 * call returns, so whatever caused it may be acknowledged.
 */
public final class ModelRegister {

  /**
   * A resync to be done.
   *
   * @param model the model's name; the file may no longer declare it
   * @param request which request this answers, see {@link #complete}
   * @param reason for people
   */
  public record Resync(String model, long request, String reason) {}

  private final LedgerSql sql;

  ModelRegister(LedgerSql sql) {
    this.sql = sql;
  }

  /**
   * Declares a model's fingerprint; a new or different one requests a resync.
   *
   * @return whether a resync was requested
   */
  public boolean declare(String model, String fingerprint) {
    return sql.transaction(
        "declare model " + model,
        tx ->
            tx.update(
                    """
                    insert into model (name, fingerprint, reason) values (?, ?, 'new model')
                    on conflict (name) do update set fingerprint = excluded.fingerprint,
                      requested = model.requested + 1, reason = 'model changed',
                      requested_at = clock_timestamp()
                    where model.fingerprint <> excluded.fingerprint\
                    """,
                    model,
                    fingerprint)
                > 0);
  }

  /**
   * Says which models the file declares. One that is not among them is forgotten: what changes
   * while nobody keeps it must be looked at when it is declared again.
   */
  public void forgetOthers(Collection<String> models) {
    sql.transaction(
        "forget models",
        tx ->
            tx.update("update model set fingerprint = '' where name <> all(?)", tx.texts(models)));
  }

  /**
   * Remembers the text of the forebay.yaml that declares all models; see {@link LedgerSnapshot}.
   */
  public void remember(String text) {
    sql.transaction(
        "remember forebay.yaml",
        tx ->
            tx.update(
                """
                insert into declaration (text) values (?)
                on conflict (only_row) do update
                  set text = excluded.text, declared_at = clock_timestamp()
                where declaration.text <> excluded.text\
                """,
                text));
  }

  /** Requests a resync of each model. Requests that come while one is running start another. */
  public void request(Collection<String> models, String reason) {
    sql.transaction(
        "request a resync",
        tx ->
            tx.update(
                """
                update model set requested = requested + 1, reason = ?,
                  requested_at = clock_timestamp()
                where name = any(?)\
                """,
                reason,
                tx.texts(models)));
  }

  /** The resyncs that are due, oldest request first. */
  public List<Resync> due() {
    return sql.transaction(
        "list resyncs",
        tx ->
            tx.query(
                """
                select name, requested, reason from model
                where requested > completed order by requested_at, name\
                """,
                row -> new Resync(row.getString(1), row.getLong(2), row.getString(3))));
  }

  /** Records that every document of a request is settled. */
  public void complete(Resync resync) {
    sql.transaction(
        "complete a resync",
        tx ->
            tx.update(
                "update model set completed = greatest(completed, ?) where name = ?",
                resync.request(),
                resync.model()));
  }
}
