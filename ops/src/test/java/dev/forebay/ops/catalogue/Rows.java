package dev.forebay.ops.catalogue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Statements, and the seeded choice of what goes into them. For one thread. */
final class Rows {

  /** Ids from here on are given by {@link #newId}. */
  static final int FIRST_NEW_ID = 1_000_000;

  private static final int MOST_ROWS = 100_000;
  private static final int MOST_STATEMENTS = 20;

  private final Connection connection;
  private final Random random;
  private final Names names;
  private int nextId = FIRST_NEW_ID;
  private final Deque<String> statements = new ArrayDeque<>();
  private int changed;

  /** One kind of change; touches nothing if the rows it needs are not there. */
  interface Edit {
    void make() throws SQLException;
  }

  /**
   * @param mark in every name
   */
  Rows(Connection connection, Random random, String mark) {
    this.connection = connection;
    this.random = random;
    this.names = new Names(random, mark);
  }

  /** Makes an edit and returns how many rows its statements changed. */
  int make(Edit edit) throws SQLException {
    changed = 0;
    edit.make();
    return changed;
  }

  void run(String sql, @Nullable Object... values) throws SQLException {
    statements.addLast(sql + " " + Arrays.toString(values));
    if (statements.size() > MOST_STATEMENTS) {
      statements.removeFirst();
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      changed += statement.executeUpdate();
    }
  }

  @Nullable Object value(String sql, @Nullable Object parameter) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, parameter);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getObject(1) : null;
      }
    }
  }

  /** The last statements, for a report; each is given out once. */
  List<String> takeStatements() {
    List<String> taken = List.copyOf(statements);
    statements.clear();
    return taken;
  }

  /** The id of any row of a table, which a condition may follow; null if there is none. */
  @Nullable Integer any(String table) throws SQLException {
    return pick(table.split(" ", 2)[0] + "_id", table);
  }

  /** The value of a column in any row; null if there is none. */
  @Nullable Integer pick(String column, String from) throws SQLException {
    String ordered = "array_agg(" + column + " order by " + column + ")";
    String sql = "select (" + ordered + ")[1 + floor(? * count(*))::integer] from " + from;
    return (Integer) value(sql, random.nextDouble());
  }

  int newId() {
    return nextId++;
  }

  /** An id with as many unused ones after it as one statement may need. */
  int newIds() {
    int first = nextId;
    nextId += MOST_ROWS;
    return first;
  }

  /** A name that nobody has. */
  String name() {
    return names.next();
  }

  @Nullable String nameOrNull() {
    return random.nextInt(10) == 0 ? null : names.next();
  }

  int below(int bound) {
    return random.nextInt(bound);
  }
}
