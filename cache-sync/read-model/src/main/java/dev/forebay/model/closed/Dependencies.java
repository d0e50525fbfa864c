package dev.forebay.model.closed;

import dev.forebay.model.TableName;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a query depends on.
 *
 * @param reads the tables it reads, itself or through views and functions, system catalogs included
 * @param unsteady what changes without any change of a row, each once
 * @param columns names and types' identifiers of its result, in order
 * @param used columns of its tables that the query itself names, by table
 * @param wholeRows whether the query uses a row as a whole, of whichever table
 */
public record Dependencies(
    List<Read> reads,
    List<Unsteady> unsteady,
    Map<String, Long> columns,
    Map<TableName, Set<String>> used,
    boolean wholeRows) {

  /**
   * A table that is read.
   *
   * @param through the function that reads it; null if the query or a view does
   */
  public record Read(TableName table, @Nullable String through) {}

  /**
   * Something whose result changes by itself.
   *
   * @param what for people, for example {@code now()}
   * @param stable within one statement it is always the same: a rebuild now and then keeps
   *     documents true
   */
  public record Unsteady(String what, boolean stable) {}

  public Dependencies {
    reads = List.copyOf(reads);
    unsteady = List.copyOf(unsteady);
    columns = Collections.unmodifiableMap(columns);
    used = Collections.unmodifiableMap(used);
  }
}
