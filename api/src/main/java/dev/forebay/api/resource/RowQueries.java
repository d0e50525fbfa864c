package dev.forebay.api.resource;

import dev.forebay.api.catalog.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be done to the rows of one resource on a connection, inside somebody's transaction. Keys
 * and assignments have been checked before.
 */
final class RowQueries {

  private static final int JSON = 1;
  private static final int FIRST_KEY = 2;

  private final RowStatements sql;
  private final int keyColumns;

  RowQueries(ResourceTable table) {
    this.sql = new RowStatements(table);
    this.keyColumns = table.key().size();
  }

  /** Inserts a row; empty if a trigger dropped it. */
  Optional<Written> insert(Connection connection, List<Assignment> assignments)
      throws SQLException {
    return write(connection, sql.insert(columns(assignments)), assignments, List.of());
  }

  /**
   * Changes a row; empty if there is none.
   *
   * @param assignments at least one
   */
  Optional<Written> update(Connection connection, List<String> key, List<Assignment> assignments)
      throws SQLException {
    List<Assignment> merged = merge(connection, key, assignments);
    return write(connection, sql.update(columns(merged)), merged, key);
  }

  /** Deletes a row and returns the transaction's id; empty if there is none. */
  Optional<String> delete(Connection connection, List<String> key) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql.delete())) {
      bind(statement, 1, key);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() ? Optional.of(result.getString(1)) : Optional.empty();
      }
    }
  }

  Optional<Row> find(Connection connection, List<String> key) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql.find())) {
      bind(statement, 1, key);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() ? Optional.of(row(result)) : Optional.empty();
      }
    }
  }

  List<Row> list(Connection connection, @Nullable List<String> after, int limit)
      throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql.list(after != null))) {
      int next = bind(statement, 1, after == null ? List.of() : after);
      statement.setInt(next, limit);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          rows.add(row(result));
        }
      }
    }
    return rows;
  }

  /** Merges objects into what JSON columns hold; the row stays locked, so nothing comes between. */
  private List<Assignment> merge(
      Connection connection, List<String> key, List<Assignment> assignments) throws SQLException {
    List<Assignment> objects = assignments.stream().filter(Assignment::isMerge).toList();
    if (objects.isEmpty()) {
      return assignments;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql.lock(columns(objects)))) {
      bind(statement, 1, key);
      try (ResultSet result = statement.executeQuery()) {
        boolean exists = result.next();
        List<Assignment> merged = new ArrayList<>();
        for (Assignment assignment : assignments) {
          int place = objects.indexOf(assignment) + 1;
          String stored = exists && place > 0 ? result.getString(place) : null;
          merged.add(place > 0 ? assignment.mergedInto(stored) : assignment);
        }
        return merged;
      }
    }
  }

  private Optional<Written> write(
      Connection connection, String sql, List<Assignment> assignments, List<String> key)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int parameter = 1;
      for (Assignment assignment : assignments) {
        statement.setString(parameter++, assignment.text());
      }
      bind(statement, parameter, key);
      try (ResultSet result = statement.executeQuery()) {
        return result.next()
            ? Optional.of(new Written(row(result), result.getString(FIRST_KEY + keyColumns)))
            : Optional.empty();
      }
    }
  }

  private Row row(ResultSet result) throws SQLException {
    List<String> key = new ArrayList<>();
    for (int i = 0; i < keyColumns; i++) {
      key.add(result.getString(FIRST_KEY + i));
    }
    return new Row(key, result.getString(JSON));
  }

  private static int bind(PreparedStatement statement, int from, List<String> key)
      throws SQLException {
    int parameter = from;
    for (String value : key) {
      statement.setString(parameter++, value);
    }
    return parameter;
  }

  private static List<Column> columns(List<Assignment> assignments) {
    return assignments.stream().map(Assignment::column).toList();
  }
}
