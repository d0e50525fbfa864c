package dev.forebay.api.transaction;

import dev.forebay.api.problem.OutcomeUnknownException;
import dev.forebay.api.problem.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in transactions with bounded statements and locks, pinned formats and the name of the
 * caller, at READ COMMITTED unless the role's default says otherwise. Safe for any thread.
 */
public final class Transactions {

  private static final int MAX_ATTEMPTS = 3;
  private static final Duration PAUSE = Duration.ofMillis(20);

  /**
   * Formats decide how input is read and which bytes are answered. The search path stays the role's
   * own: triggers and defaults of the application may rely on it.
   */
  private static final String SETTINGS =
      """
      select set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
             set_config('IntervalStyle', 'iso_8601', true), set_config('bytea_output', 'hex', true),
             set_config('extra_float_digits', '1', true), set_config('statement_timeout', ?, true),
             set_config('lock_timeout', ?, true),
             set_config('forebay.principal', ?, true), set_config('forebay.roles', ?, true),
             set_config('forebay.claims', ?, true), set_config('forebay.request_id', ?, true)\
      """;

  private static final String ASSUME = "select set_config('role', ?, true)";

  /** What PostgreSQL calls the role of the session itself. */
  private static final String NO_ROLE = "none";

  /** Only ever switched on: where the operator made the database read-only, a write must fail. */
  private static final String READ_ONLY_SETTINGS =
      SETTINGS + ", set_config('transaction_read_only', 'on', true)";

  private final DataSource dataSource;
  private final String statementTimeoutMillis;
  private final String lockTimeoutMillis;

  /**
   * @param dataSource not closed here
   * @param statementTimeout after which PostgreSQL cancels a statement
   * @param lockTimeout after which it gives up waiting for a lock
   */
  public Transactions(DataSource dataSource, Duration statementTimeout, Duration lockTimeout) {
    this.dataSource = dataSource;
    this.statementTimeoutMillis = Long.toString(statementTimeout.toMillis());
    this.lockTimeoutMillis = Long.toString(lockTimeout.toMillis());
  }

  /** Something to do in a transaction; it may run more than once. */
  public interface Work<T extends @Nullable Object> {
    /**
     * Does it.
     *
     * @param connection inside the transaction; not to be committed or closed
     */
    T run(Connection connection) throws SQLException;
  }

  /**
   * Runs work and commits. A serialisation failure or a deadlock is tried twice more.
   *
   * @throws OutcomeUnknownException if the connection was lost during COMMIT
   * @throws SQLException if nothing was written
   */
  public <T extends @Nullable Object> T write(Caller caller, Work<T> work) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(caller, work, false);
      } catch (SQLException e) {
        if (attempt == MAX_ATTEMPTS || !SqlState.isRetryable(e)) {
          throw e;
        }
        pause(attempt);
      }
    }
  }

  /** Runs work that only reads. */
  public <T extends @Nullable Object> T read(Caller caller, Work<T> work) throws SQLException {
    return once(caller, work, true);
  }

  /**
   * Gives the statements that follow the rights of a role, until the transaction ends or another is
   * assumed.
   *
   * @param role that the API's own role is a member of; null: the API's own
   */
  public static void assume(Connection connection, @Nullable String role) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ASSUME)) {
      statement.setString(1, role == null ? NO_ROLE : role);
      statement.executeQuery().close();
    }
  }

  private <T extends @Nullable Object> T once(Caller caller, Work<T> work, boolean readOnly)
      throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      T result;
      try {
        settle(connection, caller, readOnly);
        result = work.run(connection);
      } catch (SQLException | RuntimeException | Error e) {
        rollback(connection, e);
        throw e;
      }
      commit(connection);
      return result;
    }
  }

  private void settle(Connection connection, Caller caller, boolean readOnly) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(readOnly ? READ_ONLY_SETTINGS : SETTINGS)) {
      statement.setString(1, statementTimeoutMillis);
      statement.setString(2, lockTimeoutMillis);
      int parameter = 3;
      for (String setting : caller.settings()) {
        statement.setString(parameter++, setting);
      }
      statement.executeQuery().close();
    }
  }

  private static void commit(Connection connection) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw SqlState.isConnectionLost(e) ? new OutcomeUnknownException(e) : e;
    }
  }

  private static void rollback(Connection connection, Throwable fault) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      fault.addSuppressed(e);
    }
  }

  private static void pause(int attempt) throws SQLException {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextLong(PAUSE.toMillis() << attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted before another attempt", SqlState.QUERY_CANCELED, e);
    }
  }
}
