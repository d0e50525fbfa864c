package dev.forebay.api.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The type of a column, domains resolved to what they are made of.
 *
 * @param kind how its values look
 * @param sql its name for a cast: schema-qualified, quoted and without length or precision, because
 *     an explicit cast to {@code varchar(5)} would cut a value silently where an assignment refuses
 * @param maxLength characters a text may have, or null for no limit
 * @param precision digits a numeric may have, or null for no limit
 * @param scale digits of those after the point; 0 without precision; may be negative
 * @param labels of an enum, in its order; else empty
 * @param element of an array, else null
 */
public record ColumnType(
    Kind kind,
    String sql,
    @Nullable Integer maxLength,
    @Nullable Integer precision,
    int scale,
    List<String> labels,
    @Nullable ColumnType element) {
  public ColumnType {
    labels = List.copyOf(labels);
  }

  /** A type without limits. */
  public static ColumnType of(Kind kind, String sql) {
    return new ColumnType(kind, sql, null, null, 0, List.of(), null);
  }
}
