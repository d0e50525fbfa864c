package dev.forebay.api.catalog;

import dev.forebay.model.TableName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A table as the catalog describes it.
 *
 * @param name where it is
 * @param columns by name, in the table's order
 * @param constraints by name
 * @param fillsRows whether a BEFORE INSERT trigger may fill columns that an INSERT leaves out
 * @param partitioned whether its rows are in other tables
 */
public record Table(
    TableName name,
    Map<String, Column> columns,
    Map<String, Constraint> constraints,
    boolean fillsRows,
    boolean partitioned) {
  public Table {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    constraints = Map.copyOf(constraints);
  }

  /** The column of that name. */
  public Optional<Column> findColumn(String column) {
    return Optional.ofNullable(columns.get(column));
  }

  /**
   * The column of that name, which must exist.
   *
   * @throws IllegalArgumentException if it does not
   */
  public Column column(String column) {
    return findColumn(column)
        .orElseThrow(() -> new IllegalArgumentException(name + " has no column " + column));
  }

  /** The constraint of that name. */
  public Optional<Constraint> findConstraint(String constraint) {
    return Optional.ofNullable(constraints.get(constraint));
  }
}
