package dev.forebay.ledger;

import dev.forebay.ledger.LedgerSql.Transaction;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What a database server says of itself. A standby and a copy of a data directory have its system
 * identifier; a promotion and a point-in-time restore begin another timeline.
 *
 * @param systemIdentifier given by initdb, and by pg_upgrade
 * @param timeline of the log that is being written
 * @param place differs in a copy of the data directory, as far as files are copied; null if the
 *     role may not know
 */
public record Server(String systemIdentifier, long timeline, @Nullable String place) {

  /**
   * SQL for the timeline. The control file tells the last checkpoint's, and so the former one for a
   * while after a promotion; the log's file names tell the present one.
   */
  static final String TIMELINE =
      "('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint";

  static final String SYSTEM_IDENTIFIER =
      "(select system_identifier::text from pg_control_system())";

  /** Nothing but an initdb writes this file: its last change is when it came where it is. */
  private static final String PLACE =
      "select extract(epoch from change)::bigint::text from pg_stat_file('PG_VERSION')";

  private static final String MAY_KNOW_PLACE =
      "select has_function_privilege('pg_stat_file(text)', 'execute')";

  /** Whether this is the same server, or a copy of it that nobody has promoted. */
  public boolean continues(Server former) {
    return systemIdentifier.equals(former.systemIdentifier) && timeline == former.timeline;
  }

  static Server now(Transaction tx) throws SQLException {
    boolean known = tx.query(MAY_KNOW_PLACE, row -> row.getBoolean(1)).getFirst();
    String place = known ? tx.query(PLACE, row -> row.getString(1)).getFirst() : null;
    return tx.query(
            "select " + SYSTEM_IDENTIFIER + ", " + TIMELINE,
            row -> new Server(row.getString(1), row.getLong(2), place))
        .getFirst();
  }
}
