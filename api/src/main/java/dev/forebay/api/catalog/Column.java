package dev.forebay.api.catalog;

/**
 * A column of a table.
 *
 * @param name as the catalog spells it
 * @param type of its values
 * @param notNull whether NULL is refused, by the column or by its domain
 * @param hasDefault whether an INSERT may leave it out: a default, an identity or an expression
 * @param generated whether nobody may set it: GENERATED ALWAYS, as identity or by expression
 */
public record Column(
    String name, ColumnType type, boolean notNull, boolean hasDefault, boolean generated) {

  /** The name as SQL. */
  public String sql() {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
