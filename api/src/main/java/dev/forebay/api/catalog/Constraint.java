package dev.forebay.api.catalog;

import java.util.List;

/**
 * A rule of a table that PostgreSQL names when a row breaks it.
 *
 * @param name unique within the table
 * @param kind what it demands
 * @param columns it is about, in its order; without those that are expressions
 */
public record Constraint(String name, Kind kind, List<String> columns) {
  public Constraint {
    columns = List.copyOf(columns);
  }

  /** What a constraint demands. */
  public enum Kind {
    /** Primary keys, unique constraints and unique indexes over all rows and plain columns. */
    UNIQUE,
    /** Unique indexes over some rows or over expressions: no key of the table. */
    PARTLY_UNIQUE,
    FOREIGN_KEY,
    CHECK,
    OTHER
  }
}
