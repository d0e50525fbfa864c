package dev.forebay.model.sql;

import dev.forebay.model.catalog.Column;
import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.tree.Occurrence;
import java.util.List;
import java.util.stream.Collectors;

/** Small pieces of SQL. */
final class SqlText {

  private SqlText() {}

  static String name(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  static String column(String alias, String column) {
    return alias + "." + name(column);
  }

  /** A string constant that reads the same whatever {@code standard_conforming_strings} says. */
  static String literal(String text) {
    String quoted = "'" + text.replace("'", "''") + "'";
    return text.indexOf('\\') < 0 ? quoted : "E" + quoted.replace("\\", "\\\\");
  }

  /** Compares by the type's own order; the operators of an extension are in its schema. */
  static String compare(String left, String operator, String right, ColumnType type) {
    return left
        + (type.operatorSchema().equals(ColumnType.BUILT_IN)
            ? " " + operator + " "
            : " operator(" + name(type.operatorSchema()) + "." + operator + ") ")
        + right;
  }

  /** Joins the rows of {@code alias} to those of {@code outerAlias}. */
  static String link(Occurrence occurrence, String alias, String outerAlias) {
    return occurrence.link().stream()
        .map(link ->
            compare(
                column(alias, link.own()),
                "=",
                column(outerAlias, link.outer()),
                occurrence.table().column(link.own()).type()))
        .collect(Collectors.joining(" and "));
  }

  /** The columns of a key as text, each made the same way in every statement. */
  static String keyText(List<String> columns, String alias) {
    return columns.stream()
        .map(column -> column(alias, column) + "::text as " + name("key " + column))
        .collect(Collectors.joining(", "));
  }

  /** {@code unnest(?::text[], …)}: one array of text per column. */
  static String unnest(int columns) {
    return "unnest(" + "?::text[], ".repeat(columns - 1) + "?::text[])";
  }

  static String names(String prefix, int count) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < count; i++) {
      names.append(i == 0 ? "" : ", ").append(prefix).append(i);
    }
    return names.toString();
  }

  /** A parameter as the column's type; an index on the column stays usable. */
  static String cast(String text, Column column) {
    return text + "::" + column.type().sql();
  }
}
