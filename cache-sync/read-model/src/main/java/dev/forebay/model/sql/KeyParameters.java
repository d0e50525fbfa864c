package dev.forebay.model.sql;

import dev.forebay.model.catalog.Column;
import java.util.List;

/** The keys of a batch as rows: {@code n}, text {@code v0…}, and typed {@code c0…}. */
final class KeyParameters {

  /** Types whose input function takes any text. */
  private static final List<String> ANY_TEXT = List.of("text", "varchar", "bpchar");

  private KeyParameters() {}

  /** Returns a sub-select named {@code k}; parameters: one text array per column. */
  static String rows(List<Column> columns) {
    StringBuilder typed = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      typed.append(", ").append(typed(columns.get(i), "u.v" + i)).append(" as c").append(i);
    }
    return "(select u.*"
        + typed
        + "\n  from "
        + SqlText.unnest(columns.size())
        + " with ordinality as u("
        + SqlText.names("v", columns.size())
        + ", n)) k";
  }

  /** Matches a row by the type's equality, which an index knows, and by its very text. */
  static String match(List<Column> columns, String row) {
    StringBuilder on = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      String column = SqlText.column(row, columns.get(i).name());
      on.append(i == 0 ? "" : " and ")
          .append(SqlText.compare(column, "=", "k.c" + i, columns.get(i).type()))
          .append(" and ")
          .append(column)
          .append("::text collate \"C\" = k.v")
          .append(i);
    }
    return on.toString();
  }

  /** A text that the type refuses names no row; it must not fail the others of the batch. */
  private static String typed(Column column, String text) {
    String cast = SqlText.cast(text, column);
    return ANY_TEXT.contains(column.type().base())
        ? cast
        : "case when pg_input_is_valid("
            + text
            + ", "
            + SqlText.literal(column.type().sql())
            + ") then "
            + cast
            + " end";
  }
}
