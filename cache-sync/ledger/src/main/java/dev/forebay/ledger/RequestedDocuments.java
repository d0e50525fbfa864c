package dev.forebay.ledger;

import dev.forebay.ledger.LedgerSql.Transaction;
import dev.forebay.model.DocumentKey;
import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    sql.transaction(
        "request documents",
        tx -> {
          add(tx, keys);
          return keys.size();
        });
  }

  private static void add(Transaction tx, Collection<DocumentKey> keys) throws SQLException {
    // One statement must not meet a key twice.
    Map<String, DocumentKey> once = new LinkedHashMap<>();
    keys.forEach(key -> once.put(key.kvKey(), key));
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (DocumentKey key : once.values()) {
      rows.add(new @Nullable Object[] {key.kvKey(), key.model(), tx.texts(key.values())});
    }
    tx.updateAll(
        """
        insert into requested_document (kv_key, model, key_values) values (?, ?, ?)
        on conflict (kv_key) do update set request = nextval('request'),
          model = excluded.model, key_values = excluded.key_values\
        """,
        rows);
  }

  /**
   * Lists requests in their order, one page at a time.
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
                where request > ? order by request limit ?\
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

  /** How many documents are requested and not settled. */
  public long count() {
    return sql.transaction(
            "count requested documents",
            tx -> tx.query("select count(*) from requested_document", row -> row.getLong(1)))
        .getFirst();
  }
}
