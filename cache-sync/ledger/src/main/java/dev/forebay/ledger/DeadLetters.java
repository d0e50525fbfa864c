package dev.forebay.ledger;

import dev.forebay.model.DocumentKey;
import java.util.Collection;

/** Documents that cannot be published. They stop nothing: the line flows past them. */
public final class DeadLetters {

  private final LedgerSql sql;

  DeadLetters(LedgerSql sql) {
    this.sql = sql;
  }

  /**
   * Records one more attempt that failed for good.
   *
   * @param reason for people, without row values
   */
  public void add(DocumentKey key, String reason) {
    sql.transaction(
        "add a dead letter",
        tx ->
            tx.update(
                """
                insert into dead_letter (kv_key, model, key_values, reason) values (?, ?, ?, ?)
                on conflict (kv_key) do update set reason = excluded.reason,
                  attempts = dead_letter.attempts + 1, last_at = clock_timestamp()\
                """,
                key.kvKey(),
                key.model(),
                tx.texts(key.values()),
                reason));
  }

  /** Forgets the dead letters of keys that have been published after all. */
  public void clear(Collection<String> kvKeys) {
    sql.transaction(
        "clear dead letters",
        tx -> tx.update("delete from dead_letter where kv_key = any(?)", tx.texts(kvKeys)));
  }

  /** How many documents are dead. */
  public long count() {
    return sql.transaction(
        "count dead letters",
        tx -> tx.query("select count(*) from dead_letter", row -> row.getLong(1)).getFirst());
  }
}
