package dev.forebay.ops.start;

import dev.forebay.model.Problem;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.postgresql.util.PSQLState;

/**
 * Whether something stands between Forebay and PostgreSQL that would lose what belongs to a
 * connection: a pooler in transaction mode hands each transaction to any server process, and most
 * poolers cannot carry replication at all. Looks only; changes nothing.
 */
final class PoolerCheck {

  private static final String WHERE = "FOREBAY_DATABASE_URL";
  private static final String TOO_MANY = "53300";
  private static final int ROUNDS = 5;
  private static final String SYSTEM = "select system_identifier::text from pg_control_system()";

  private PoolerCheck() {}

  /**
   * Runs short transactions on two connections in turn. Whoever is alone with PostgreSQL keeps one
   * server process, and shares it with nobody.
   */
  static Optional<Problem> transactions(Database database) throws SQLException {
    Set<Integer> first = new HashSet<>();
    Set<Integer> second = new HashSet<>();
    try (Connection one = database.connect();
        Connection other = database.connect()) {
      for (int i = 0; i < ROUNDS; i++) {
        first.add(process(one));
        second.add(process(other));
      }
    }
    boolean shared = first.stream().anyMatch(second::contains);
    return first.size() == 1 && second.size() == 1 && !shared
        ? Optional.empty()
        : Optional.of(
            new Problem(
                WHERE,
                "names a pooler in transaction mode, on which nothing that belongs to a connection"
                    + " can be relied on.",
                "Name the primary itself."));
  }

  private static int process(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** Connects as the engine will, and looks whether the same server answers. */
  static Optional<Problem> replication(Database database, Connection ordinary) throws SQLException {
    String expected = first(ordinary, SYSTEM);
    String found;
    try (Connection replication = database.connectForReplication()) {
      found = first(replication, "IDENTIFY_SYSTEM");
    } catch (SQLException e) {
      // Told as such by Preflight, or the one that is missing is our own worker's.
      return TOO_MANY.equals(e.getSQLState()) ? Optional.empty() : Optional.of(refused(e));
    }
    return found.equals(expected)
        ? Optional.empty()
        : Optional.of(
            new Problem(
                WHERE,
                "leads to one server for queries and to another for replication.",
                "Name the primary itself, not a pooler or a balancer."));
  }

  private static Problem refused(SQLException e) {
    boolean syntax = PSQLState.SYNTAX_ERROR.getState().equals(e.getSQLState());
    return new Problem(
        WHERE,
        syntax
            ? "does not pass on that a connection is for replication."
            : "leads to no replication connection: " + Database.words(e),
        "If a pooler is in front, name the primary itself (PgBouncer can pass it on since 1.23);"
            + " if not, allow the role in pg_hba.conf.");
  }

  private static String first(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
