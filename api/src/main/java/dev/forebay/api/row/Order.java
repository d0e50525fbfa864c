package dev.forebay.api.row;

import dev.forebay.api.catalog.Column;

/**
 * One column of the order of a list; rows without a value come last, descending first, as
 * PostgreSQL has it.
 */
public record Order(Column column, boolean descending) {

  String sql() {
    return "w." + column.sql() + (descending ? " desc" : "");
  }

  /** Whether a row may have no value here. */
  boolean isNullable() {
    return !column.notNull();
  }
}
