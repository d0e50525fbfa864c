package dev.forebay.model;

import java.util.Comparator;

/**
 * A table by schema and name, both exactly as the catalog spells them (unquoted, case kept).
 *
 * @param schema for example {@code public}
 * @param name for example {@code article}
 */
public record TableName(String schema, String name) implements Comparable<TableName> {

  private static final Comparator<TableName> ORDER =
      Comparator.comparing(TableName::schema).thenComparing(TableName::name);

  /** Returns the name as SQL: both parts quoted, so that any name is safe in a statement. */
  public String sql() {
    return quote(schema) + "." + quote(name);
  }

  /** Returns any identifier as SQL. */
  public static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  @Override
  public int compareTo(TableName other) {
    return ORDER.compare(this, other);
  }

  /** Returns {@code schema.name}, for people. */
  @Override
  public String toString() {
    return schema + "." + name;
  }
}
