package dev.forebay.worker.capture;

import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** The publication: which tables the log carries for us. */
final class Publication {

  /** Rows of partitions come under the name of the table that models know. */
  private static final String OPTIONS = " (publish_via_partition_root = true)";

  private static final String VIA_ROOT = " with" + OPTIONS;

  private final DataSource dataSource;
  private final String name;

  Publication(DataSource dataSource, String name) {
    this.dataSource = dataSource;
    this.name = name;
  }

  /** The tables it publishes now, or empty if it does not exist. */
  Optional<Set<TableName>> tables() throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                select t.schemaname, t.tablename from pg_publication p
                left join pg_publication_tables t on t.pubname = p.pubname
                where p.pubname = ?\
                """)) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        Set<TableName> tables = new HashSet<>();
        boolean exists = false;
        while (rows.next()) {
          exists = true;
          if (rows.getString(1) != null) {
            tables.add(new TableName(rows.getString(1), rows.getString(2)));
          }
        }
        return exists ? Optional.of(tables) : Optional.empty();
      }
    }
  }

  void create(Collection<TableName> tables) throws SQLException {
    String what = tables.isEmpty() ? "" : " for table " + list(tables);
    execute("create publication \"" + name + "\"" + what + VIA_ROOT);
  }

  void set(Collection<TableName> tables) throws SQLException {
    execute("alter publication \"" + name + "\" set" + OPTIONS);
    execute("alter publication \"" + name + "\" set table " + list(tables));
  }

  private static String list(Collection<TableName> tables) {
    return tables.stream().map(TableName::sql).collect(Collectors.joining(", "));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("set local synchronous_commit = local");
        statement.execute(sql);
        connection.commit();
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    }
  }
}
