package dev.forebay.ledger;

import dev.forebay.ledger.LedgerSql.Transaction;
import dev.forebay.model.DocumentKey;
import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Documents that must be built again, kept until each is settled. A request is durable when the
 * call returns; who asks for a document that is on its way already is answered by a later build.
 */
public final class RequestedDocuments {

  /**
   * A document and which request for it this answers.
   *
   * @param request rises with each request, of any document
   */
  public record Requested(DocumentKey key, long request) {}

  private final LedgerSql sql;

  RequestedDocuments(LedgerSql sql) {
    this.sql = sql;
  }

  /** Requests documents. */
  public void add(Collection<DocumentKey> keys) {
    add(keys, false);
  }

  /** Requests documents that must not be built before they are released. */
  public void hold(Collection<DocumentKey> keys) {
    add(keys, true);
  }

  private void add(Collection<DocumentKey> keys, boolean held) {
    sql.transaction(
        "request documents",
        tx -> {
          add(tx, keys, held);
          return keys.size();
        });
  }

  private static void add(Transaction tx, Collection<DocumentKey> keys, boolean held)
      throws SQLException {
    number(tx);
    // One statement must not meet a key twice.
    Map<String, DocumentKey> once = new LinkedHashMap<>();
    keys.forEach(key -> once.put(key.kvKey(), key));
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (DocumentKey key : once.values()) {
      rows.add(new @Nullable Object[] {key.kvKey(), key.model(), tx.texts(key.values()), held});
    }
    tx.updateAll(
        """
        insert into requested_document (kv_key, model, key_values, held) values (?, ?, ?, ?)
        on conflict (kv_key) do update set
          -- Who waits already keeps the place.
          request = case when requested_document.held and excluded.held
            then requested_document.request else nextval('request') end,
          model = excluded.model, key_values = excluded.key_values, held = excluded.held\
        """,
        rows);
  }

  /**
   * Who reads goes on behind the last number: none may be committed after a greater one. Held until
   * the transaction ends.
   */
  private static void number(Transaction tx) throws SQLException {
    tx.query(
        "select pg_advisory_xact_lock(hashtextextended(current_schema() || '.request', 0))",
        row -> true);
  }

  /**
   * Lists requests in their order, one page at a time; not those that are held.
   *
   * @param after the last request of the page before; 0 for the first page
   */
  public List<Requested> page(long after, int limit) {
    return sql.transaction(
        "list requested documents",
        tx ->
            tx.query(
                """
                select kv_key, model, key_values, request from requested_document
                where request > ? and not held order by request limit ?\
                """,
                row -> new Requested(Documents.key(row), row.getLong(4)),
                after,
                limit));
  }

  /** Forgets requests that are answered; a document that was requested again stays. */
  public void complete(Collection<Requested> answered) {
    sql.transaction(
        "complete requested documents",
        tx -> {
          Array keys = tx.texts(answered.stream().map(one -> one.key().kvKey()).toList());
          return tx.update(
              """
              delete from requested_document d using unnest(?, ?) as a(kv_key, request)
              where d.kv_key = a.kv_key and d.request = a.request\
              """,
              keys,
              tx.numbers(answered.stream().map(Requested::request).toList()));
        });
  }

  /** Which of the KV keys are requested and not settled, held ones too. */
  public Set<String> find(Collection<String> kvKeys) {
    return Set.copyOf(
        sql.transaction(
            "find requested documents",
            tx ->
                tx.query(
                    "select kv_key from requested_document where kv_key = any(?)",
                    row -> row.getString(1),
                    tx.texts(kvKeys))));
  }

  /** How many documents are held, by model. */
  public Map<String, Long> held() {
    Map<String, Long> held = new HashMap<>();
    sql.transaction(
        "count held documents",
        tx ->
            tx.query(
                "select model, count(*) from requested_document where held group by model",
                row -> held.put(row.getString(1), row.getLong(2))));
    return held;
  }

  /**
   * Lets held documents be built, those of the oldest requests first.
   *
   * @param most at most so many, of all these models together, those among them that were released
   *     before and are not settled
   */
  public void release(Collection<String> models, int most) {
    sql.transaction(
        "release held documents",
        tx -> {
          number(tx);
          return tx.update(
              """
              update requested_document set held = false, request = nextval('request')
              where held and kv_key in (
                select kv_key from requested_document where held and model = any(?)
                order by request limit greatest(0, ? - (
                  select count(*) from requested_document where not held and model = any(?))))\
              """,
              tx.texts(models),
              most,
              tx.texts(models));
        });
  }

  /** How many documents are requested and not settled. */
  public long count() {
    return sql.transaction(
            "count requested documents",
            tx -> tx.query("select count(*) from requested_document", row -> row.getLong(1)))
        .getFirst();
  }
}
