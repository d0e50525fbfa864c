package dev.forebay.model;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import javax.sql.DataSource;

/**
 * One read-only REPEATABLE READ transaction in which documents are routed or built.
 *
 * <p>Everything that could change the bytes of a document is pinned: two sessions that see the same
 * rows build the same text. Row security errors rather than hide rows. Just-in-time compilation is
 * off: it would cost more than these many short reads can win. Confined to one thread; {@link
 * #close} ends the transaction and returns the connection.
 */
public final class SnapshotSession implements AutoCloseable {

  private static final String PIN =
      """
      set transaction isolation level repeatable read read only;
      set local TimeZone = 'UTC';
      set local DateStyle = 'ISO, YMD';
      set local IntervalStyle = 'iso_8601';
      set local bytea_output = 'hex';
      set local extra_float_digits = 1;
      set local lc_time = 'C';
      set local lc_numeric = 'C';
      set local search_path = pg_catalog;
      set local jit = off;
      set local row_security = off\
      """;

  private final Connection connection;
  private final Snapshot snapshot;
  private final Instant databaseTime;

  private SnapshotSession(Connection connection, Snapshot snapshot, Instant databaseTime) {
    this.connection = connection;
    this.snapshot = snapshot;
    this.databaseTime = databaseTime;
  }

  /** Takes a connection and a new snapshot. Blocks while the pool has no connection. */
  public static SnapshotSession open(DataSource dataSource) throws SQLException {
    Connection connection = dataSource.getConnection();
    try {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute(PIN);
        try (ResultSet row =
            statement.executeQuery("select pg_current_snapshot()::text, clock_timestamp()")) {
          row.next();
          return new SnapshotSession(
              connection,
              Snapshot.parse(row.getString(1)),
              row.getObject(2, OffsetDateTime.class).toInstant());
        }
      }
    } catch (SQLException | RuntimeException e) {
      try {
        connection.close();
      } catch (SQLException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  /** The connection, inside the transaction. Do not commit, close or change its settings. */
  public Connection connection() {
    return connection;
  }

  /** What this session sees, and so the version of every document built in it. */
  public Snapshot snapshot() {
    return snapshot;
  }

  /** The database's clock when the snapshot was taken. */
  public Instant databaseTime() {
    return databaseTime;
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      connection.rollback();
    }
  }
}
