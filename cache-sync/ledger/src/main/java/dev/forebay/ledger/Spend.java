package dev.forebay.ledger;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was written to KV on which day: what Cloudflare bills. Days are UTC, as Cloudflare's are.
 */
public final class Spend {

  /** Pairs written and keys deleted for one model on one day. */
  public record Day(LocalDate day, String model, long writes, long deletes) {}

  private final LedgerSql sql;

  Spend(LedgerSql sql) {
    this.sql = sql;
  }

  /** Adds what was written lately. */
  public void add(Collection<Day> days) {
    sql.transaction(
        "record what was written",
        tx -> {
          List<@Nullable Object[]> rows = new ArrayList<>();
          for (Day one : days) {
            rows.add(new @Nullable Object[] {one.day(), one.model(), one.writes(), one.deletes()});
          }
          tx.updateAll(
              """
              insert into spend (day, model, writes, deletes) values (?, ?, ?, ?)
              on conflict (day, model) do update set
                writes = spend.writes + excluded.writes,
                deletes = spend.deletes + excluded.deletes\
              """,
              rows);
          return rows.size();
        });
  }

  /** What was written from a day on, oldest first. */
  public List<Day> since(LocalDate first) {
    return sql.transaction(
        "read what was written",
        tx ->
            tx.query(
                """
                select day, model, writes, deletes from spend where day >= ? order by day, model\
                """,
                row ->
                    new Day(
                        row.getObject(1, LocalDate.class),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4)),
                first));
  }
}
