package dev.forebay.api.touch;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of one table as text.
 *
 * @param table whose rows
 * @param columns that lead to documents, or to rows that refer to these
 */
record ImageReader(TableName table, SortedSet<String> columns) {

  /** How a row is kept as it is until the transaction ends. */
  enum Lock {
    NONE(""),
    CHANGE(" for no key update of w"),
    DELETE(" for update of w");

    private final String sql;

    Lock(String sql) {
      this.sql = sql;
    }
  }

  /**
   * Reads the rows that have these keys of a resource.
   *
   * @param keys as texts of URLs, each fit for its columns
   */
  List<Image> byKey(
      Connection connection, ResourceTable resource, Collection<List<String>> keys, Lock lock)
      throws SQLException {
    List<Column> key = resource.key();
    String on =
        each(key.size(), i -> column(key, i) + " = k.k" + i + "::" + key.get(i).type().sql());
    return read(connection, on, key.size(), List.copyOf(keys), Integer.MAX_VALUE, lock);
  }

  /**
   * Reads rows by the values of some columns.
   *
   * @param names of the columns
   * @param types of them, as SQL
   * @param values lists of texts, one for each column; none is null
   * @param most rows that are read
   */
  List<Image> byValues(
      Connection connection,
      List<String> names,
      List<String> types,
      Collection<List<String>> values,
      int most,
      Lock lock)
      throws SQLException {
    String on =
        each(
            names.size(),
            i -> "w." + TableName.quote(names.get(i)) + " = k.k" + i + "::" + types.get(i));
    return read(connection, on, names.size(), List.copyOf(values), most, lock);
  }

  private List<Image> read(
      Connection connection, String on, int parts, List<List<String>> keys, int most, Lock lock)
      throws SQLException {
    String texts =
        columns.stream()
            .map(name -> ", w." + TableName.quote(name) + "::text")
            .collect(Collectors.joining());
    String arrays =
        IntStream.range(0, parts).mapToObj(i -> "?::text[]").collect(Collectors.joining(", "));
    String names =
        IntStream.range(0, parts).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
    String sql =
        "select w.tableoid || ' ' || w.ctid"
            + texts
            + " from unnest("
            + arrays
            + ") as k("
            + names
            + ") join "
            + table.sql()
            + " w on "
            + on
            + (most == Integer.MAX_VALUE ? "" : " limit " + most)
            + lock.sql;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int part = 0; part < parts; part++) {
        int column = part;
        Object[] values = keys.stream().map(one -> one.get(column)).toArray();
        statement.setArray(part + 1, connection.createArrayOf("text", values));
      }
      List<Image> images = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          images.add(image(row));
        }
      }
      return images;
    }
  }

  private Image image(ResultSet row) throws SQLException {
    Map<String, @Nullable String> values = new HashMap<>();
    int column = 2;
    for (String name : columns) {
      values.put(name, row.getString(column++));
    }
    return new Image(table, row.getString(1), values);
  }

  private static String column(List<Column> key, int i) {
    return "w." + key.get(i).sql();
  }

  private static String each(int count, java.util.function.IntFunction<String> sql) {
    return IntStream.range(0, count).mapToObj(sql).collect(Collectors.joining(" and "));
  }
}
