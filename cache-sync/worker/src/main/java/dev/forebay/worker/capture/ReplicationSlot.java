package dev.forebay.worker.capture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import javax.sql.DataSource;

/** The replication slot: the one checkpoint, and PostgreSQL's promise to keep the log for us. */
public final class ReplicationSlot {

  /**
   * What PostgreSQL says about the slot.
   *
   * @param active whether somebody reads from it
   * @param lost whether the log it needs is gone, so that it can never be used again
   * @param retainedBytes of log that PostgreSQL keeps for it
   * @param confirmed the position up to which everything is acknowledged; empty while the slot is
   *     still being made
   * @param databaseTime the database's clock when it said so
   */
  public record State(
      boolean active, boolean lost, long retainedBytes, String confirmed, Instant databaseTime) {

    /** Whether somebody is still making it: it has no place in the log yet. */
    boolean unfinished() {
      return confirmed.isEmpty();
    }
  }

  /** PostgreSQL's first version that can keep a slot on standbys. */
  private static final int FAILOVER_SINCE = 17;

  private static final String STATE =
      """
      select active, wal_status = 'lost' or invalidation_reason is not null,
        coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint,
        coalesce(confirmed_flush_lsn::text, ''), clock_timestamp()
      from pg_replication_slots where slot_name = ? and database = current_database()\
      """;

  private static final String END_READER =
      """
      select pg_terminate_backend(active_pid, 5000) from pg_replication_slots
      where slot_name = ? and database = current_database() and active_pid is not null\
      """;

  private final DataSource dataSource;
  private final String name;

  /**
   * @param dataSource a pool on the same primary
   * @param name the slot's name
   */
  public ReplicationSlot(DataSource dataSource, String name) {
    this.dataSource = dataSource;
    this.name = name;
  }

  String name() {
    return name;
  }

  /** The slot's state, or empty if there is no such slot in this database. */
  public Optional<State> state() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(STATE)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new State(
                    row.getBoolean(1),
                    row.getBoolean(2),
                    row.getLong(3),
                    row.getString(4),
                    row.getObject(5, OffsetDateTime.class).toInstant()))
            : Optional.empty();
      }
    }
  }

  /**
   * Makes the slot; every change that commits from now on will be in the log for us. Where the
   * server can, the slot may be kept on its standbys, so that a failover costs no resync.
   */
  void create() throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      boolean kept = connection.getMetaData().getDatabaseMajorVersion() >= FAILOVER_SINCE;
      call(
          connection,
          "select pg_create_logical_replication_slot(?, 'pgoutput'"
              + (kept ? ", failover => true)" : ")"));
    }
  }

  /** Gives up a slot that is lost. */
  void drop() throws SQLException {
    call("select pg_drop_replication_slot(?)");
  }

  /**
   * Ends whoever is making the slot, and waits a moment for that; half a slot leaves nothing
   * behind.
   */
  void endCreation() throws SQLException {
    call(
        "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots"
            + " where slot_name = ? and database = current_database()"
            + " and confirmed_flush_lsn is null");
  }

  /**
   * Ends whoever reads from the slot, and waits a moment for that. A leader that was stopped, or
   * whose network is gone, would keep it until {@code wal_sender_timeout}.
   *
   * @return whether somebody did
   */
  boolean endReader() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(END_READER)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  private void call(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      call(connection, sql);
    }
  }

  private void call(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      statement.execute();
    }
  }
}
