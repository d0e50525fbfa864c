package dev.forebay.ledger;

import dev.forebay.ledger.ModelRegister.Resync;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far resyncs have come, so that the next process goes on where one was killed. */
public final class ResyncProgress {

  /** Which keys a resync pages through, in this order. */
  public enum Phase {
    /** Those that the model has now. */
    PRESENT,
    /** Those that KV was given and that are older still: what nobody owns any more is deleted. */
    PUBLISHED
  }

  /**
   * A point of a resync: everything before it is settled.
   *
   * @param since a document whose version sees all that this one sees is newer than the request
   * @param after the last settled key of the phase; null before the first page
   * @param settled documents so far, of both phases
   * @param total about how many there are to settle
   */
  public record Reached(
      Snapshot since, Phase phase, @Nullable DocumentKey after, long settled, long total) {}

  private final LedgerSql sql;

  ResyncProgress(LedgerSql sql) {
    this.sql = sql;
  }

  /** How far this request's resync has come; empty if it has not begun. */
  public Optional<Reached> find(Resync resync) {
    return sql
        .transaction(
            "read a resync's progress",
            tx ->
                tx.query(
                    """
                    select kv_key, model, key_values, since, phase,
                      settled, total from resync_progress
                    where model = ? and request = ?\
                    """,
                    ResyncProgress::reached,
                    resync.model(),
                    resync.request()))
        .stream()
        .findFirst();
  }

  private static Reached reached(ResultSet row) throws SQLException {
    return new Reached(
        Snapshot.parse(row.getString(4)),
        Phase.valueOf(row.getString(5).toUpperCase(Locale.ROOT)),
        row.getString(1) == null ? null : Documents.key(row),
        row.getLong(6),
        row.getLong(7));
  }

  /** Records how far a resync has come. */
  public void record(Resync resync, Reached reached) {
    DocumentKey after = reached.after();
    sql.transaction(
        "record a resync's progress",
        tx -> {
          @Nullable Array values = after == null ? null : tx.texts(after.values());
          return tx.update(
              """
              insert into resync_progress
                (model, request, since, phase, kv_key, key_values, settled, total)
              values (?, ?, ?, ?, ?, ?, ?, ?)
              on conflict (model) do update set
                request = excluded.request, since = excluded.since,
                phase = excluded.phase, kv_key = excluded.kv_key,
                key_values = excluded.key_values, settled = excluded.settled,
                total = excluded.total\
              """,
              resync.model(),
              resync.request(),
              reached.since().toString(),
              reached.phase().name().toLowerCase(Locale.ROOT),
              after == null ? null : after.kvKey(),
              values,
              reached.settled(),
              reached.total());
        });
  }
}
