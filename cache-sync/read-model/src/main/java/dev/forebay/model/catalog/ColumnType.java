package dev.forebay.model.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A data type, domains resolved.
 *
 * @param sql the declared type as a cast target, without its modifier: {@code integer}, {@code
 *     public."Mood"}
 * @param base the internal name if the type (of a domain: the type below) is PostgreSQL's own, for
 *     example {@code int8}; otherwise empty
 * @param element the type of an array's elements; null if it is no array
 * @param operatorSchema where the operators of its B-tree order are; {@code pg_catalog} for all but
 *     the types of extensions
 * @param labels of an enum, in its order; empty for all other types
 */
public record ColumnType(
    String sql,
    String base,
    @Nullable ColumnType element,
    String operatorSchema,
    List<String> labels) {

  public ColumnType {
    labels = List.copyOf(labels);
  }

  /** The schema of PostgreSQL's own operators. */
  public static final String BUILT_IN = "pg_catalog";
}
