package dev.forebay.api.transaction;

import dev.forebay.api.problem.OutcomeUnknownException;
import dev.forebay.api.problem.SqlState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in transactions with bounded statements and locks, pinned formats and the name of the
 * caller, at READ COMMITTED unless the role's default says otherwise. Safe for any thread.
 */
public final class Transactions {

  /**
   * What a SELECT calls to pin formats until its transaction ends. They decide how input is read
   * and which bytes are answered.
   */
  public static final String FORMATS =
      """
      set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
      set_config('IntervalStyle', 'iso_8601', true), set_config('bytea_output', 'hex', true),
      set_config('extra_float_digits', '1', true)\
      """;

  private static final int MAX_ATTEMPTS = 3;
  private static final Duration PAUSE = Duration.ofMillis(20);

  /** The search path stays the role's own: triggers and defaults may rely on it. */
  private static final String SETTINGS =
      """
      select %s,
      set_config('statement_timeout', ?, true), set_config('lock_timeout', ?, true),
      set_config('idle_in_transaction_session_timeout', '10s', true),
      set_config('forebay.principal', ?, true), set_config('forebay.roles', ?, true),
      set_config('forebay.claims', ?, true), set_config('forebay.request_id', ?, true)\
      """
          .formatted(FORMATS);

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

  /** Something to do in a transaction. */
  public interface Work<T extends @Nullable Object> {
    /**
     * Does it.
     *
     * @param connection inside the transaction; not to be committed or closed
     */
    T run(Connection connection) throws SQLException;

    /**
     * Adds what is to be asked together with the first statement of the transaction.
     *
     * @param connection as for {@link #run}
     */
    default void open(Connection connection, Script script) {}

    /**
     * Called once the transaction is committed, so it fails for no reason.
     *
     * @param connection in no transaction; it must be left so
     * @param result of {@link #run}
     * @return what the caller gets
     */
    default T committed(Connection connection, T result) {
      return result;
    }
  }

  /**
   * Runs work and commits. A serialisation failure or a deadlock is tried twice more.
   *
   * @param attempts gives the work of each attempt
   * @throws OutcomeUnknownException if the connection was lost during COMMIT
   * @throws SQLException if nothing was written
   */
  public <T extends @Nullable Object> T write(Caller caller, Supplier<Work<T>> attempts)
      throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(caller, attempts.get(), false);
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
        settle(connection, caller, work, readOnly);
        result = work.run(connection);
      } catch (SQLException | RuntimeException | Error e) {
        rollback(connection, e);
        throw e;
      }
      commit(connection);
      return work.committed(connection, result);
    }
  }

  private void settle(Connection connection, Caller caller, Work<?> work, boolean readOnly)
      throws SQLException {
    List<String> settings = new ArrayList<>();
    settings.add(statementTimeoutMillis);
    settings.add(lockTimeoutMillis);
    settings.addAll(caller.settings());
    Script script = new Script();
    script.query(
        readOnly ? READ_ONLY_SETTINGS : SETTINGS,
        Script.Binder.of(settings.toArray(String[]::new)),
        Script.Reader.IGNORED);
    work.open(connection, script);
    script.run(connection);
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
