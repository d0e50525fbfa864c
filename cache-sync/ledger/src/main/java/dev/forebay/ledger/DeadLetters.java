package dev.forebay.ledger;

import dev.forebay.model.DocumentKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Documents that cannot be published. They stop nothing: the line flows past them. A newer change
 * of the document tries again by itself; a person may ask for it, whether a worker runs or not.
 */
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

  /** Which of the KV keys are those of dead letters. */
  public Set<String> find(Collection<String> kvKeys) {
    return Set.copyOf(
        sql.transaction(
            "find dead letters",
            tx ->
                tx.query(
                    "select kv_key from dead_letter where kv_key = any(?)",
                    row -> row.getString(1),
                    tx.texts(kvKeys))));
  }

  /** How many documents are dead. */
  public long count() {
    return sql.transaction(
        "count dead letters",
        tx -> tx.query("select count(*) from dead_letter", row -> row.getLong(1)).getFirst());
  }

  /**
   * A wish for another attempt.
   *
   * @param key the document
   * @param at when it was asked for, see {@link #answered}
   */
  public record Retry(DocumentKey key, Instant at) {}

  /**
   * Lists dead letters by key.
   *
   * @param model whose; null for all
   */
  public List<DeadLetter> list(@Nullable String model) {
    return sql.transaction(
        "list dead letters",
        tx ->
            tx.query(
                """
                select kv_key, model, key_values, reason, attempts, first_at, last_at,
                  retry_at is not null
                from dead_letter where coalesce(model = ?, true) order by kv_key\
                """,
                row ->
                    new DeadLetter(
                        Documents.key(row),
                        row.getString(4),
                        row.getInt(5),
                        LedgerSql.instant(row, 6),
                        LedgerSql.instant(row, 7),
                        row.getBoolean(8)),
                model));
  }

  /**
   * Asks for another attempt at each key. Durable when this returns: the leader makes it within
   * seconds, or the next one when it starts.
   *
   * @return the keys that are dead letters; the others are not
   */
  public List<String> requestRetry(Collection<String> kvKeys) {
    return sql.transaction(
        "request a retry",
        tx ->
            tx.query(
                """
                update dead_letter set retry_at = clock_timestamp()
                where kv_key = any(?) returning kv_key\
                """,
                row -> row.getString(1),
                tx.texts(kvKeys)));
  }

  /** Returns the wishes that are open, by key. */
  public List<Retry> requestedRetries() {
    return sql.transaction(
        "list retries",
        tx ->
            tx.query(
                """
                select kv_key, model, key_values, retry_at from dead_letter
                where retry_at is not null order by kv_key\
                """,
                row -> new Retry(Documents.key(row), LedgerSql.instant(row, 4))));
  }

  /** Records that attempts were made; a wish that came meanwhile stays. */
  public void answered(Collection<Retry> retries) {
    sql.transaction(
        "answer retries",
        tx -> {
          List<@Nullable Object[]> rows = new ArrayList<>();
          for (Retry retry : retries) {
            rows.add(new @Nullable Object[] {retry.key().kvKey(), retry.at()});
          }
          tx.updateAll(
              "update dead_letter set retry_at = null where kv_key = ? and retry_at = ?", rows);
          return rows.size();
        });
  }

  /**
   * Forgets dead letters that nobody will mend. KV keeps what it holds; the next change of such a
   * document tries it again.
   *
   * @return the keys that were dead letters
   */
  public List<String> drop(Collection<String> kvKeys) {
    return sql.transaction(
        "drop dead letters",
        tx ->
            tx.query(
                "delete from dead_letter where kv_key = any(?) returning kv_key",
                row -> row.getString(1),
                tx.texts(kvKeys)));
  }
}
