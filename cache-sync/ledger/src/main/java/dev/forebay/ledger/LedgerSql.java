package dev.forebay.ledger;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Short transactions in the ledger's schema, with values bound by position. */
final class LedgerSql {

  private final DataSource dataSource;
  private final String schema;

  LedgerSql(DataSource dataSource, String schema) {
    this.dataSource = dataSource;
    this.schema = schema;
  }

  /** Work inside one transaction. */
  interface Work<T> {
    T run(Transaction transaction) throws SQLException;
  }

  /** One row of a result. */
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /**
   * Runs work in one transaction, committed before this returns.
   *
   * @param what for messages: "open a call"
   */
  <T> T transaction(String what, Work<T> work) {
    // Local: a standby that is away must not stop the sync. After a failover the ledger is
    // compared with KV anyway. A process that is stopped in the middle must not keep the
    // locks of a transaction that it does not end: a standby waits for the lease's.
    return run(
        what,
        "set local search_path = \""
            + schema
            + "\", pg_catalog; set local synchronous_commit = local;"
            + " set local idle_in_transaction_session_timeout = '4s'",
        work);
  }

  /**
   * Looks at something, without the settings of {@link #transaction}: a driver that hears of
   * another search path forgets what it has prepared. Tables are to be named with their schema.
   *
   * @param most how long each statement may take
   */
  <T> T look(String what, Duration most, Work<T> work) {
    // Each statement sees what is committed when it begins, whatever the role's default.
    return run(
        what,
        "set transaction isolation level read committed, read only;"
            + " set local idle_in_transaction_session_timeout = '4s';"
            + " set local statement_timeout = "
            + most.toMillis(),
        work);
  }

  private <T> T run(String what, String settings, Work<T> work) {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try {
        try (Statement statement = connection.createStatement()) {
          statement.execute(settings);
        }
        T result = work.run(new Transaction(connection));
        connection.commit();
        return result;
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw new LedgerException("ledger: cannot " + what + " in schema " + schema, e);
    }
  }

  /** The schema as it is written before a table's name; the slot is called the same. */
  String schema() {
    return schema;
  }

  /** A change that only the leader may make. */
  interface LeaderWork {
    void run(Transaction transaction) throws SQLException;
  }

  /**
   * Runs work in one transaction that proves the lease first.
   *
   * @throws LedgerException.LeaseLost if another worker leads: nothing is changed
   */
  void leading(String what, long term, LeaderWork work) {
    transaction(
        what,
        tx -> {
          Lease.prove(tx, term);
          work.run(tx);
          return term;
        });
  }

  private static void rollback(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /** A transaction that is open. Confined to the work it was given to. */
  static final class Transaction {

    private final Connection connection;

    private Transaction(Connection connection) {
      this.connection = connection;
    }

    int update(String sql, @Nullable Object... values) throws SQLException {
      try (PreparedStatement statement = bind(sql, values)) {
        return statement.executeUpdate();
      }
    }

    <T> List<T> query(String sql, Row<T> row, @Nullable Object... values) throws SQLException {
      try (PreparedStatement statement = bind(sql, values);
          ResultSet rows = statement.executeQuery()) {
        List<T> result = new ArrayList<>();
        while (rows.next()) {
          result.add(row.read(rows));
        }
        return result;
      }
    }

    Array texts(Collection<String> values) throws SQLException {
      return connection.createArrayOf("text", values.toArray(String[]::new));
    }

    /** One text for each thing; one column of what {@code unnest} makes rows of. */
    <T> Array texts(Collection<T> things, Function<T, @Nullable String> text) throws SQLException {
      return connection.createArrayOf("text", things.stream().map(text).toArray(String[]::new));
    }

    /** One array literal for each thing: {@code unnest} would flatten arrays of arrays. */
    <T> Array arrays(Collection<T> things, Function<T, List<String>> texts) throws SQLException {
      List<String> literals = new ArrayList<>(things.size());
      for (T thing : things) {
        literals.add(literal(texts.apply(thing)));
      }
      return texts(literals);
    }

    private static String literal(List<String> texts) {
      StringBuilder literal = new StringBuilder("{");
      for (String text : texts) {
        literal.append(literal.length() == 1 ? "\"" : ",\"");
        literal.append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
      }
      return literal.append('}').toString();
    }

    Array uuids(Collection<UUID> values) throws SQLException {
      return connection.createArrayOf("uuid", values.toArray(UUID[]::new));
    }

    Array numbers(Collection<Long> values) throws SQLException {
      return connection.createArrayOf("int8", values.toArray(Long[]::new));
    }

    /** Runs one statement for each row of values, in one round trip. */
    void updateAll(String sql, Collection<@Nullable Object[]> rows) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        for (@Nullable Object[] values : rows) {
          bind(statement, values);
          statement.addBatch();
        }
        statement.executeBatch();
      }
    }

    private PreparedStatement bind(String sql, @Nullable Object... values) throws SQLException {
      PreparedStatement statement = connection.prepareStatement(sql);
      bind(statement, values);
      return statement;
    }

    private static void bind(PreparedStatement statement, @Nullable Object[] values)
        throws SQLException {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(
            i + 1,
            values[i] instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : values[i]);
      }
    }
  }

  static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
