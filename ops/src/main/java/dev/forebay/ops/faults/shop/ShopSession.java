package dev.forebay.ops.faults.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One transaction of the shop's application: statements, and rows at random. For one thread. */
final class ShopSession {

  private final Connection connection;
  private final Random random;

  ShopSession(Connection connection, Random random) {
    this.connection = connection;
    this.random = random;
  }

  Connection connection() {
    return connection;
  }

  void run(String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.execute();
    }
  }

  /** The text that a query returns for a row; empty if there is none. */
  String text(String sql, int id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? String.valueOf(row.getString(1)) : "";
      }
    }
  }

  /** A number that nobody else gets. */
  int number() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("select nextval('numbers')");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }

  /** The id of a random row; 0 if there is none. */
  int pick(String table, String where) throws SQLException {
    String sql =
        "select (array_agg(id order by id))[1 + floor(? * count(*))::integer] from "
            + table
            + (where.isEmpty() ? "" : " where " + where);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setDouble(1, random.nextDouble());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  /** A random row, locked; 0 if there is none. */
  int lock(String table, String where) throws SQLException {
    int id = pick(table, where);
    try (PreparedStatement statement =
        connection.prepareStatement("select id from " + table + " where id = ? for update")) {
      statement.setInt(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getInt(1) : 0;
      }
    }
  }

  /** Two rows exchange a key. */
  void swap(String table, String column, int one, int other) throws SQLException {
    String keyOfOne = "(select " + column + " from " + table + " where id = ?)";
    String set = "update " + table + " set " + column + " = ";
    String mine = text("select " + keyOfOne, one);
    String others = text("select " + keyOfOne, other);
    run(set + "'swap-' || id where id = ?", one);
    run(set + "? where id = ?", mine, other);
    run(set + "? where id = ?", others, one);
  }
}
