package dev.forebay.api.resource;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.ColumnType;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/**
 * The SQL of one resource. Identifiers come from the catalog and are quoted; values are always
 * parameters, bound as text and cast to the column's type.
 *
 * <p>A statement that returns rows has the row's JSON in column 1, its key values from column 2 on,
 * and, if it writes, the transaction's id last.
 */
final class RowStatements {

  private final String table;
  private final List<Column> key;
  private final String plain;
  private final String shown;
  private final String find;
  private final String delete;

  RowStatements(ResourceTable resource) {
    this.table = resource.table().name().sql();
    this.key = resource.key();
    this.plain = names(resource.visible().values());
    String json = resource.visible().values().stream().map(RowStatements::json).collect(joining());
    String keys = key.stream().map(RowStatements::keyText).collect(joining());
    this.shown = "(select row_to_json(d)::text from (select " + json + ") d), " + keys;
    this.find = "select " + shown + " from " + table + " w where " + matches(key);
    this.delete =
        "with w as (delete from "
            + table
            + " where "
            + matches(key)
            + " returning 1) select pg_current_xact_id()::text from w";
  }

  /** Parameters: the key. */
  String find() {
    return find;
  }

  /** Parameters: the key. Returns the transaction's id alone. */
  String delete() {
    return delete;
  }

  /** Parameters: the values. */
  String insert(List<Column> columns) {
    String values =
        columns.isEmpty()
            ? " default values"
            : " (" + names(columns) + ") values (" + parameters(columns) + ")";
    return written("insert into " + table + values);
  }

  /**
   * Parameters: the values, then the key.
   *
   * @param columns at least one
   */
  String update(List<Column> columns) {
    String assignments =
        columns.stream().map(column -> column.sql() + " = " + parameter(column)).collect(joining());
    return written("update " + table + " set " + assignments + " where " + matches(key));
  }

  /** Parameters: the key. Locks the row and returns these columns as text. */
  String lock(List<Column> columns) {
    String texts = columns.stream().map(column -> column.sql() + "::text").collect(joining());
    return "select " + texts + " from " + table + " where " + matches(key) + " for update";
  }

  /** Parameters: the key after which the page begins if there is one, then the limit. */
  String list(boolean hasAfter) {
    String names = names(key);
    String after = hasAfter ? " where (" + names + ") > (" + parameters(key) + ")" : "";
    return "select " + shown + " from " + table + " w" + after + " order by " + names + " limit ?";
  }

  private String written(String statement) {
    return "with w as ("
        + statement
        + " returning "
        + plain
        + ") select "
        + shown
        + ", pg_current_xact_id()::text from w";
  }

  /** What JavaScript would round is shown as a string. */
  private static String json(Column column) {
    ColumnType element = column.type().element();
    if (column.type().kind().isExactNumber()) {
      return "w." + column.sql() + "::text as " + column.sql();
    }
    if (element != null && element.kind().isExactNumber()) {
      return "w." + column.sql() + "::text[] as " + column.sql();
    }
    return "w." + column.sql();
  }

  /**
   * Times stand in URLs as they stand in JSON, in ISO 8601; {@code ::text} has a blank for the T.
   */
  private static String keyText(Column column) {
    return switch (column.type().kind()) {
      case TIMESTAMP, TIMESTAMPTZ -> "to_json(w." + column.sql() + ") #>> '{}'";
      default -> "w." + column.sql() + "::text";
    };
  }

  private static String matches(Collection<Column> key) {
    return key.stream()
        .map(column -> column.sql() + " = " + parameter(column))
        .collect(Collectors.joining(" and "));
  }

  private static String names(Collection<Column> columns) {
    return columns.stream().map(Column::sql).collect(joining());
  }

  private static String parameters(Collection<Column> columns) {
    return columns.stream().map(RowStatements::parameter).collect(joining());
  }

  private static String parameter(Column column) {
    return "?::" + column.type().sql();
  }

  private static Collector<CharSequence, ?, String> joining() {
    return Collectors.joining(", ");
  }
}
