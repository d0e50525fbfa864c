package dev.forebay.model.catalog;

import java.util.List;

/**
 * A valid unique index over whole columns of all rows; partial ones and those over expressions are
 * not among them.
 *
 * @param immediate false if its constraint may be deferred, which no replica identity can use
 */
public record UniqueIndex(String name, List<String> columns, boolean immediate) {
  public UniqueIndex {
    columns = List.copyOf(columns);
  }
}
