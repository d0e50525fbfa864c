package dev.forebay.api.row;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.ColumnType;
import dev.forebay.api.resource.ResourceTable;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The SQL of one resource. Identifiers come from the catalog and are quoted; values are always
 * parameters, bound as text and cast to the column's type.
 *
 * <p>A statement that returns rows has the row's JSON in column 1, its version in column 2, and its
 * key values from column 3 on.
 */
final class RowStatements {

  /** No column that a person would make is called so. */
  private static final String VERSION = "\"forebay row version\"";

  private final String table;
  private final List<Column> key;
  private final List<Column> keyConstraint;
  private final Collection<Column> visible;
  private final RowVersion version;
  private final String returning;
  private final String written;
  private final String matches;

  RowStatements(ResourceTable resource) {
    this.table = resource.table().name().sql();
    this.key = resource.key();
    this.keyConstraint = resource.keyConstraint();
    this.visible = resource.visible().values();
    this.version = RowVersion.of(resource);
    this.returning = " returning " + names(visible) + ", " + version.of("t") + " as " + VERSION;
    this.written = shown(visible, "w." + VERSION);
    this.matches = each(key, column -> column.sql() + " = " + parameter(column), " and ");
  }

  /** Parameters: the key. */
  String find(Collection<Column> fields) {
    return "select " + shown(fields) + " from " + table + " w where " + matches;
  }

  /** The columns that every statement over rows selects, from a table called w. */
  String shown(Collection<Column> fields) {
    return shown(fields, version.of("w"));
  }

  /** The table as it stands after {@code from}. */
  String table() {
    return table;
  }

  /** Parameters: the values. */
  String insert(List<Column> columns) {
    return written("insert into " + table + " as t" + values(columns));
  }

  /** Parameters: the values. Does nothing if there is a row of that key. */
  String insertIfAbsent(List<Column> columns) {
    String target = " on conflict (" + names(keyConstraint) + ") do nothing";
    return written("insert into " + table + " as t" + values(columns) + target);
  }

  /**
   * Parameters: one array of texts for each column. Inserts a row for each element, in order.
   *
   * @param columns at least one
   */
  String insertAll(List<Column> columns) {
    String arrays = each(columns, column -> "?::text[]", ", ");
    List<String> names = IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).toList();
    String values =
        IntStream.range(0, columns.size())
            .mapToObj(i -> names.get(i) + "::" + columns.get(i).type().sql())
            .collect(Collectors.joining(", "));
    return written(
        "insert into %s as t (%s) select %s from unnest(%s) with ordinality as n (%s, place) order by place"
            .formatted(table, names(columns), values, arrays, String.join(", ", names)));
  }

  /**
   * Parameters: the values, the key, and if it is bound to versions, an array of them.
   *
   * @param set at least one, unless there are defaults
   * @param defaults columns that get their default
   */
  String update(List<Column> set, List<Column> defaults, boolean versioned) {
    String assignments =
        Stream.concat(
                set.stream().map(column -> column.sql() + " = " + parameter(column)),
                defaults.stream().map(column -> column.sql() + " = default"))
            .collect(Collectors.joining(", "));
    return written(
        "update "
            + table
            + " as t set "
            + assignments
            + version.next()
            + " where "
            + matches(versioned));
  }

  /**
   * Parameters: the key, and if it is bound to versions, an array of them. Returns a row or none.
   */
  String delete(boolean versioned) {
    return "delete from " + table + " as t where " + matches(versioned) + " returning 1";
  }

  /** Parameters: the key. Returns a row or none. */
  String exists() {
    return "select 1 from " + table + " where " + matches;
  }

  /** Parameters: the key. Locks the row and returns these columns as text. */
  String lock(List<Column> columns) {
    String texts = each(columns, column -> column.sql() + "::text", ", ");
    return "select " + texts + " from " + table + " where " + matches + " for update";
  }

  private String matches(boolean versioned) {
    return versioned ? matches + " and " + version.of("t") + "::text = any (?)" : matches;
  }

  private static String values(List<Column> columns) {
    return columns.isEmpty()
        ? " default values"
        : " ("
            + names(columns)
            + ") values ("
            + each(columns, RowStatements::parameter, ", ")
            + ")";
  }

  private String written(String statement) {
    return "with w as (" + statement + returning + ") select " + written + " from w";
  }

  private String shown(Collection<Column> fields, String ofVersion) {
    String json = each(fields, RowStatements::json, ", ");
    String keys = each(key, RowStatements::text, ", ");
    return "(select row_to_json(d)::text from (select %s) d), %s::text, %s"
        .formatted(json, ofVersion, keys);
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
   * A value as it stands in URLs. Times stand there as they stand in JSON, in ISO 8601; {@code
   * ::text} has a blank for the T.
   */
  static String text(Column column) {
    return switch (column.type().kind()) {
      case TIMESTAMP, TIMESTAMPTZ -> "to_json(w." + column.sql() + ") #>> '{}'";
      default -> "w." + column.sql() + "::text";
    };
  }

  static String names(Collection<Column> columns) {
    return each(columns, Column::sql, ", ");
  }

  static String parameter(Column column) {
    return "?::" + column.type().sql();
  }

  static String each(Collection<Column> columns, Function<Column, String> sql, String separator) {
    return columns.stream().map(sql).collect(Collectors.joining(separator));
  }
}
