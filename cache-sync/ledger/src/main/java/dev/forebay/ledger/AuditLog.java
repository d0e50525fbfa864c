package dev.forebay.ledger;

import dev.forebay.model.Snapshot;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who changed what through the API, as the API has recorded it; read only. */
public final class AuditLog {

  /**
   * What one request did.
   *
   * @param at when its transaction began
   * @param traceparent of the request, or null if it had none
   * @param xid of its transaction, 64 bits
   * @param operations a JSON array of {@code op}, {@code resource} and {@code key}
   * @param touched a JSON object of {@code documents}, which are keys in KV, and {@code models};
   *     null where nobody asked
   */
  public record Entry(
      Instant at,
      String principal,
      @Nullable String traceparent,
      long xid,
      String operations,
      @Nullable String touched) {}

  private final LedgerSql sql;

  AuditLog(LedgerSql sql) {
    this.sql = sql;
  }

  /** Everything that was done under a request's id, oldest first; clients may use one twice. */
  public List<Entry> find(String requestId) {
    return sql.transaction(
        "read the audit",
        tx ->
            tx.query(
                """
                select at, principal, traceparent, xid, operations::text, touched::text
                from audit where request_id = ? order by id\
                """,
                row ->
                    new Entry(
                        LedgerSql.instant(row, 1),
                        row.getString(2),
                        row.getString(3),
                        row.getLong(4),
                        row.getString(5),
                        row.getString(6)),
                requestId));
  }

  /**
   * Returns the version in which KV holds each document, as last settled; one that is missing here
   * is in KV by no account.
   *
   * @param kvKeys without the instance's prefix
   */
  public Map<String, Snapshot> versions(Collection<String> kvKeys) {
    return sql.transaction(
        "read the versions of documents",
        tx -> {
          Map<String, Snapshot> versions = new HashMap<>();
          tx.query(
              "select kv_key, snapshot from document where kv_key = any (?)",
              row -> versions.put(row.getString(1), Snapshot.parse(row.getString(2))),
              tx.texts(kvKeys));
          return versions;
        });
  }
}
