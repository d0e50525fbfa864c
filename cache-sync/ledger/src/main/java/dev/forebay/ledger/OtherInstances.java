package dev.forebay.ledger;

import dev.forebay.ledger.LedgerSql.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What the ledgers of other instances in this database say, as far as the role may read them. */
final class OtherInstances {

  /** A running leader renews its lease every few seconds. */
  private static final String LONG = "30 s";

  private static final String LEDGERS =
      """
      select quote_ident(n.nspname) from pg_namespace n
      join pg_class h on h.relnamespace = n.oid and h.relname = 'history'
      join pg_attribute a on a.attrelid = h.oid and a.attname = 'next_nonce'
      join pg_class d on d.relnamespace = n.oid and d.relname = 'document'
      join pg_class l on l.relnamespace = n.oid and l.relname = 'lease'
      where n.nspname <> current_schema and (n.nspname = 'forebay' or n.nspname like 'forebay\\_%')
        and has_schema_privilege(n.oid, 'usage') and has_table_privilege(h.oid, 'select')
        and has_table_privilege(d.oid, 'select') and has_table_privilege(l.oid, 'select')
      order by n.nspname\
      """;

  private OtherInstances() {}

  /** The schemas of instances whose documents are in a namespace, and that nobody leads. */
  static List<String> idle(Transaction tx, String namespace) throws SQLException {
    List<String> idle = new ArrayList<>();
    for (String schema : tx.query(LEDGERS, row -> row.getString(1))) {
      String sql =
          """
          select from %1$s.history, %1$s.lease where namespace = ?
            and (released or renewed_at < clock_timestamp() - ?::interval)
            and exists (select from %1$s.document)\
          """
              .formatted(schema);
      if (!tx.query(sql, row -> schema, namespace, LONG).isEmpty()) {
        idle.add(schema);
      }
    }
    return idle;
  }
}
