package dev.forebay.api.row;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.resource.Assignment;
import dev.forebay.api.resource.ResourceTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What can be done to the rows of one resource on a connection, inside somebody's transaction. Keys
 * and assignments have been checked before.
 */
final class RowQueries {

  private static final int JSON = 1;
  private static final int VERSION = 2;
  private static final int FIRST_KEY = 3;

  /** Rows that are read at once: a page of very large ones ends before it is whole. */
  private static final int FETCH = 25;

  /** Characters after which a page ends. */
  private static final long PAGE = 4L << 20;

  private final RowStatements sql;
  private final int keyColumns;

  RowQueries(ResourceTable table) {
    this.sql = new RowStatements(table);
    this.keyColumns = table.key().size();
  }

  /** Inserts a row; empty if a trigger dropped it. */
  Optional<Row> insert(Connection connection, List<Assignment> values) throws SQLException {
    return one(connection, sql.insert(columns(values)), values, List.of(), Precondition.NONE);
  }

  /** Inserts a row unless there is one of its key; empty then, or if a trigger dropped it. */
  Optional<Row> insertIfAbsent(Connection connection, List<Assignment> values) throws SQLException {
    String statement = sql.insertIfAbsent(columns(values));
    return one(connection, statement, values, List.of(), Precondition.NONE);
  }

  /**
   * Inserts rows in their order.
   *
   * @param rows all of the same columns, at least one
   * @return as many, but for those that a trigger dropped
   */
  List<Row> insertAll(Connection connection, List<List<Assignment>> rows) throws SQLException {
    List<Column> columns = columns(rows.getFirst());
    List<Row> inserted = new ArrayList<>(rows.size());
    try (PreparedStatement statement = connection.prepareStatement(sql.insertAll(columns))) {
      for (int i = 0; i < columns.size(); i++) {
        int column = i;
        Object[] values = rows.stream().map(row -> row.get(column).text()).toArray();
        statement.setArray(i + 1, connection.createArrayOf("text", values));
      }
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          inserted.add(row(result));
        }
      }
    }
    return inserted;
  }

  /**
   * Changes a row; empty if there is none, or not in a version that is asked for.
   *
   * @param values at least one, unless there are defaults
   * @param defaults columns that get their default
   */
  Optional<Row> update(
      Connection connection,
      List<String> key,
      List<Assignment> values,
      List<Column> defaults,
      Precondition precondition)
      throws SQLException {
    boolean versioned = precondition instanceof Precondition.Version;
    String statement = sql.update(columns(values), defaults, versioned);
    return one(connection, statement, values, key, precondition);
  }

  /** Deletes a row; false if there is none, or not in a version that is asked for. */
  boolean delete(Connection connection, List<String> key, Precondition precondition)
      throws SQLException {
    String delete = sql.delete(precondition instanceof Precondition.Version);
    try (PreparedStatement statement = connection.prepareStatement(delete)) {
      bind(connection, statement, bind(statement, 1, key), precondition);
      try (ResultSet result = statement.executeQuery()) {
        return result.next();
      }
    }
  }

  boolean exists(Connection connection, List<String> key) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql.exists())) {
      bind(statement, 1, key);
      try (ResultSet result = statement.executeQuery()) {
        return result.next();
      }
    }
  }

  Optional<Row> find(Connection connection, List<String> key, Collection<Column> fields)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql.find(fields))) {
      bind(statement, 1, key);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() ? Optional.of(row(result)) : Optional.empty();
      }
    }
  }

  /** One page. */
  Page list(Connection connection, Listing listing) throws SQLException {
    List<Row> rows = new ArrayList<>();
    Cursor last = null;
    long characters = 0;
    ListStatement list = new ListStatement(sql, listing);
    try (PreparedStatement statement = connection.prepareStatement(list.sql())) {
      int next = bind(statement, 1, list.parameters());
      // One row more than asked for tells whether there is another page.
      statement.setInt(next, listing.limit() + 1);
      statement.setFetchSize(FETCH);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          if (rows.size() == listing.limit() || characters > PAGE) {
            return new Page(rows, last);
          }
          rows.add(row(result));
          characters += rows.getLast().json().length();
          last = cursor(result, listing.order().size());
        }
      }
    }
    return new Page(rows, null);
  }

  /** Merges objects into what JSON columns hold; the row stays locked, so nothing comes between. */
  List<Assignment> merge(Connection connection, List<String> key, List<Assignment> assignments)
      throws SQLException {
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

  private Optional<Row> one(
      Connection connection,
      String sql,
      List<Assignment> values,
      List<String> key,
      Precondition precondition)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int parameter = 1;
      for (Assignment assignment : values) {
        statement.setString(parameter++, assignment.text());
      }
      bind(connection, statement, bind(statement, parameter, key), precondition);
      try (ResultSet result = statement.executeQuery()) {
        return result.next() ? Optional.of(row(result)) : Optional.empty();
      }
    }
  }

  private Row row(ResultSet result) throws SQLException {
    List<String> key = new ArrayList<>(keyColumns);
    for (int i = 0; i < keyColumns; i++) {
      key.add(result.getString(FIRST_KEY + i));
    }
    return new Row(key, result.getString(JSON), result.getString(VERSION));
  }

  private Cursor cursor(ResultSet result, int columns) throws SQLException {
    List<@org.jspecify.annotations.Nullable String> values = new ArrayList<>(columns);
    for (int i = 0; i < columns; i++) {
      values.add(result.getString(FIRST_KEY + keyColumns + i));
    }
    return new Cursor(values);
  }

  private static int bind(PreparedStatement statement, int from, List<String> texts)
      throws SQLException {
    int parameter = from;
    for (String text : texts) {
      statement.setString(parameter++, text);
    }
    return parameter;
  }

  private static void bind(
      Connection connection, PreparedStatement statement, int at, Precondition precondition)
      throws SQLException {
    if (precondition instanceof Precondition.Version version) {
      statement.setArray(at, connection.createArrayOf("text", version.versions().toArray()));
    }
  }

  private static List<Column> columns(List<Assignment> assignments) {
    return assignments.stream().map(Assignment::column).toList();
  }
}
