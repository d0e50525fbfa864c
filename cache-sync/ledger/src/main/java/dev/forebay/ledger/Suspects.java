package dev.forebay.ledger;

import dev.forebay.model.DocumentKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker that lost its lease may still do to KV: it says so itself, and needs no lease for
 * that. While a key is suspect it is never "unchanged", and whoever leads asserts its state.
 */
public final class Suspects {

  private static final double NANOS = 1e9;

  private final LedgerSql sql;

  Suspects(LedgerSql sql) {
    this.sql = sql;
  }

  /**
   * Records keys whose calls may still be applied.
   *
   * @param term that was lost
   * @param within how long from now on
   */
  public void record(long term, Collection<DocumentKey> keys, Duration within) {
    sql.transaction(
        "record suspects",
        tx -> {
          List<@Nullable Object[]> rows = new ArrayList<>();
          for (DocumentKey key : keys) {
            rows.add(
                new @Nullable Object[] {
                  key.kvKey(), key.model(), tx.texts(key.values()), term, within.toNanos() / NANOS
                });
          }
          tx.updateAll(
              """
              insert into suspect (kv_key, model, key_values, term, deadline)
              values (?, ?, ?, ?, clock_timestamp() + make_interval(secs => ?))
              on conflict (kv_key) do update set term = excluded.term,
                deadline = greatest(suspect.deadline, excluded.deadline)\
              """,
              rows);
          return rows.size();
        });
  }

  /**
   * Records keys that somebody has found wrong in KV: the leader asserts their state at once, also
   * where it believes that nothing has changed.
   */
  public void found(Collection<DocumentKey> keys) {
    record(0, keys, Duration.ZERO);
  }

  /** Returns every suspect, by key. */
  public List<Suspect> list() {
    return sql.transaction(
        "list suspects",
        tx ->
            tx.query(
                """
                select kv_key, model, key_values, deadline, deadline < clock_timestamp()
                from suspect order by kv_key\
                """,
                row ->
                    new Suspect(Documents.key(row), LedgerSql.instant(row, 4), row.getBoolean(5))));
  }

  /**
   * Forgets suspects whose state was asserted after their deadline; one that was recorded again
   * meanwhile stays.
   *
   * @param term the caller's lease
   * @throws LedgerException.LeaseLost if another worker leads
   */
  public void forget(long term, Collection<Suspect> suspects) {
    sql.transaction(
        "forget suspects",
        tx -> {
          Lease.prove(tx, term);
          tx.updateAll(
              "delete from suspect where kv_key = ? and deadline = ?",
              suspects.stream()
                  .map(one -> new @Nullable Object[] {one.key().kvKey(), one.deadline()})
                  .toList());
          return suspects.size();
        });
  }
}
