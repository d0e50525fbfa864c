package dev.forebay.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
   * @param sweep whether the file declares the model no more, and its documents are to go
   * @param rate documents it may look at per second; null as the worker's settings say
   * @param reason for people
   */
  public record Resync(
      String model, long request, boolean sweep, @Nullable Integer rate, String reason) {}

  /**
   * A model that was published at some time.
   *
   * @param declared whether the last worker that started knows it; a model that has stopped is not
   *     known
   * @param removed since when the file declares it no more; null if it does
   * @param resync why its documents are being looked at, or deleted; null if they are not
   */
  public record Entry(
      String name, boolean declared, @Nullable Instant removed, @Nullable String resync) {}

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
                      requested_at = clock_timestamp(), removed_at = null, sweep = false
                    where model.fingerprint <> excluded.fingerprint\
                    """,
                    model,
                    fingerprint)
                > 0);
  }

  /**
   * Says which models there are. One that is not among them is forgotten: what changes while nobody
   * keeps it must be looked at when it is declared again.
   *
   * @param kept those that a worker keeps
   * @param stopped those that the file declares and the database does not fit now
   */
  public void forgetOthers(Collection<String> kept, Collection<String> stopped) {
    sql.transaction(
        "forget models",
        tx -> {
          tx.update("update model set fingerprint = '' where name <> all(?)", tx.texts(kept));
          tx.update(
              "update model set removed_at = null, sweep = false where name = any(?) or name = any(?)",
              tx.texts(kept),
              tx.texts(stopped));
          return tx.update(
              """
              update model set removed_at = clock_timestamp()
              where removed_at is null and name <> all(?) and name <> all(?)\
              """,
              tx.texts(kept),
              tx.texts(stopped));
        });
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

  /**
   * Sets the pace of the resync that a model is due, be it under way or not; that of the next one
   * is not changed.
   *
   * @param perSecond documents it may look at; null as the worker's settings say
   * @return whether one is due
   */
  public boolean pace(String model, @Nullable Integer perSecond) {
    return sql.transaction(
        "set a resync's pace",
        tx ->
            tx.update(
                    "update model set rate = ?::int where name = ? and requested > completed",
                    perSecond,
                    model)
                > 0);
  }

  /** The resyncs that are due, oldest request first. */
  public List<Resync> due() {
    return sql.transaction(
        "list resyncs",
        tx ->
            tx.query(
                """
                select name, requested, sweep, rate, reason from model
                where requested > completed order by requested_at, name\
                """,
                row ->
                    new Resync(
                        row.getString(1),
                        row.getLong(2),
                        row.getBoolean(3),
                        row.getObject(4, Integer.class),
                        row.getString(5))));
  }

  /**
   * Requests that the documents of models which the file declares no more are deleted.
   *
   * @param grace how long it must have been so
   * @return which
   */
  public List<String> sweepRemoved(Duration grace) {
    return sql.transaction(
        "request a sweep",
        tx ->
            tx.query(
                """
                update model set requested = requested + 1, sweep = true,
                  reason = 'removed from forebay.yaml', requested_at = clock_timestamp()
                where not sweep and removed_at < clock_timestamp() - ? * interval '1 ms'
                returning name\
                """,
                row -> row.getString(1),
                grace.toMillis()));
  }

  /** All models that were published and not swept, by name. */
  public List<Entry> list() {
    return sql.transaction(
        "list models",
        tx ->
            tx.query(
                """
                select name, fingerprint <> '', removed_at,
                  case when requested > completed then reason end
                from model order by name\
                """,
                row ->
                    new Entry(
                        row.getString(1),
                        row.getBoolean(2),
                        row.getObject(3) == null ? null : LedgerSql.instant(row, 3),
                        row.getString(4))));
  }

  /**
   * Requests that a removed model's documents are deleted now.
   *
   * @return whether it is one that the file declares no more
   */
  public boolean sweep(String model) {
    return sql.transaction(
        "request a sweep of " + model,
        tx ->
            tx.update(
                    """
                    update model set requested = requested + 1, sweep = true, reason = 'dropped',
                      requested_at = clock_timestamp()
                    where name = ? and removed_at is not null\
                    """,
                    model)
                > 0);
  }

  /** Records that every document of a request is settled; a model that was swept is forgotten. */
  public void complete(Resync resync) {
    sql.transaction(
        "complete a resync",
        tx -> {
          tx.update(
              "delete from resync_progress where model = ? and request <= ?",
              resync.model(),
              resync.request());
          if (resync.sweep()) {
            tx.update("delete from requested_document where model = ?", resync.model());
            tx.update("delete from dead_letter where model = ?", resync.model());
            tx.update("delete from suspect where model = ?", resync.model());
            return tx.update(
                "delete from model where name = ? and sweep and requested = ?",
                resync.model(),
                resync.request());
          }
          return tx.update(
              """
              update model set completed = greatest(completed, ?),
                rate = case when requested > ? then rate end
              where name = ?\
              """,
              resync.request(),
              resync.request(),
              resync.model());
        });
  }
}
