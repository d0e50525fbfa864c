package dev.forebay.api.touch.image;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.transaction.Script;
import dev.forebay.model.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows of one table as text, as part of a script.
 *
 * @param table whose rows
 * @param columns that lead to documents, or to rows that refer to these
 */
public record ImageReader(TableName table, SortedSet<String> columns) {

  /** How a row is kept as it is until the transaction ends. */
  public enum Lock {
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
  public void byKey(
      Script script,
      ResourceTable resource,
      Collection<List<String>> keys,
      Lock lock,
      Consumer<Image> each) {
    List<Column> key = resource.key();
    read(
        script,
        key.stream().map(Column::sql).toList(),
        key.stream().map(column -> column.type().sql()).toList(),
        List.copyOf(keys),
        lock.sql,
        each);
  }

  /**
   * Reads rows by the values of some columns.
   *
   * @param names of the columns
   * @param types of them, as SQL
   * @param values lists of texts, one for each column; none is null
   * @param most rows that are read
   */
  void byValues(
      Script script,
      List<String> names,
      List<String> types,
      Collection<List<String>> values,
      int most,
      Lock lock,
      Consumer<Image> each) {
    read(
        script,
        names.stream().map(TableName::quote).toList(),
        types,
        List.copyOf(values),
        " limit " + most + lock.sql,
        each);
  }

  private void read(
      Script script,
      List<String> names,
      List<String> types,
      List<List<String>> keys,
      String end,
      Consumer<Image> each) {
    String shown =
        columns.stream()
            .map(name -> ", w." + TableName.quote(name) + "::text")
            .collect(Collectors.joining("", "select w.tableoid || ' ' || w.ctid", " from "));
    int parts = names.size();
    Script.Reader reader =
        rows -> {
          while (rows.next()) {
            each.accept(image(rows));
          }
        };
    if (keys.size() == 1) {
      // A plain comparison is planned once for all; behind unnest one key looks like ten.
      String where = each(parts, i -> "w." + names.get(i) + " = ?::" + types.get(i), " and ");
      script.query(
          shown + table.sql() + " w where " + where + end,
          Script.Binder.of(keys.getFirst().toArray(String[]::new)),
          reader);
      return;
    }
    String on = each(parts, i -> "w." + names.get(i) + " = k.k" + i + "::" + types.get(i), " and ");
    script.query(
        shown
            + "unnest("
            + each(parts, i -> "?::text[]", ", ")
            + ") as k("
            + each(parts, i -> "k" + i, ", ")
            + ") join "
            + table.sql()
            + " w on "
            + on
            + end,
        (statement, from) -> {
          for (int part = 0; part < parts; part++) {
            int column = part;
            Object[] values = keys.stream().map(one -> one.get(column)).toArray();
            statement.setArray(
                from + part, statement.getConnection().createArrayOf("text", values));
          }
          return from + parts;
        },
        reader);
  }

  private Image image(ResultSet row) throws SQLException {
    Map<String, @Nullable String> values = new HashMap<>();
    int column = 2;
    for (String name : columns) {
      values.put(name, row.getString(column++));
    }
    return new Image(table, row.getString(1), values);
  }

  private static String each(int count, IntFunction<String> sql, String separator) {
    return IntStream.range(0, count).mapToObj(sql).collect(Collectors.joining(separator));
  }
}
