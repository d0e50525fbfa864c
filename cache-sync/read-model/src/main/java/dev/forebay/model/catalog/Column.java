package dev.forebay.model.catalog;

import org.jspecify.annotations.Nullable;

/**
 * A column of a table.
 *
 * @param name as the catalog spells it
 * @param notNull whether PostgreSQL refuses NULL
 * @param generated whether it is computed from others; the log does not carry it
 * @param mostBytes that a value takes in a row or an index; null: there is no bound
 * @param state another one after the column was altered, or made again with its table
 */
public record Column(
    String name,
    ColumnType type,
    boolean notNull,
    boolean generated,
    @Nullable Integer mostBytes,
    String state) {

  /** A column of a result, of which only name and type are known. */
  public static Column ofResult(String name, ColumnType type) {
    return new Column(name, type, false, false, null, "");
  }
}
