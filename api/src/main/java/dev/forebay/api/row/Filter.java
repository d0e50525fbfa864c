package dev.forebay.api.row;

import dev.forebay.api.catalog.Column;
import java.util.List;

/**
 * What rows of a list must fulfil.
 *
 * @param column that is visible and can be compared
 * @param comparison with the values
 * @param values as text that the column's type accepts; one, or several for {@link Comparison#IN}
 */
public record Filter(Column column, Comparison comparison, List<String> values) {

  /** The value of {@link Comparison#IS} that rows without a value fulfil. */
  public static final String NULL = "null";

  /** The value of {@link Comparison#IS} that rows with a value fulfil. */
  public static final String NOT_NULL = "notnull";

  public Filter {
    values = List.copyOf(values);
  }

  /** The condition; its parameters are {@link #parameters()}. */
  String sql() {
    String name = "w." + column.sql();
    return switch (comparison) {
      case IS -> name + (values.contains(NULL) ? " is null" : " is not null");
      case IN ->
          name
              + " in ("
              + String.join(
                  ", ", values.stream().map(one -> RowStatements.parameter(column)).toList())
              + ")";
      case EQ, NE, LT, LTE, GT, GTE ->
          name + " " + comparison.sql() + " " + RowStatements.parameter(column);
    };
  }

  List<String> parameters() {
    return comparison == Comparison.IS ? List.of() : values;
  }
}
