package dev.forebay.ops.faults.data;

import dev.forebay.ops.faults.check.Canaries;
import dev.forebay.ops.faults.check.Canaries.Canary;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.postgresql.replication.LogSequenceNumber;

/** Writes one canary after the other. For one thread at a time. */
public final class CanaryWriter {

  private static final int ROWS = 20;

  private final Canaries canaries;
  private long n;

  public CanaryWriter(Canaries canaries) {
    this.canaries = canaries;
  }

  /** Commits one, and tells where in the log it is. One whose commit is in doubt is no canary. */
  void write(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    n++;
    int id = 1 + (int) (n % ROWS);
    try (PreparedStatement update =
        connection.prepareStatement("update canary set n = ? where id = ?")) {
      update.setLong(1, n);
      update.setInt(2, id);
      update.executeUpdate();
    }
    Instant committed = Instant.now();
    try (PreparedStatement query =
            connection.prepareStatement("select pg_current_wal_insert_lsn()::text");
        ResultSet row = query.executeQuery()) {
      row.next();
      long position = LogSequenceNumber.valueOf(row.getString(1)).asLong();
      canaries.committed(new Canary(id, n, position, committed));
    }
  }
}
