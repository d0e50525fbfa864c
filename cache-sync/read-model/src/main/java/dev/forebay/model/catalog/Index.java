package dev.forebay.model.catalog;

import java.util.Collection;
import java.util.List;

/**
 * A valid index that can find rows by equal values of its first columns, whether or not it is
 * unique.
 *
 * @param columns its key, up to the first part that is no plain column of the column's own
 *     collation; at least one
 * @param unique whether these columns are the whole of a unique key over all rows
 * @param ordered whether it is a B-tree, which refuses long values; else a hash index, which does
 *     not
 */
public record Index(List<String> columns, boolean unique, boolean ordered) {
  public Index {
    columns = List.copyOf(columns);
  }

  /** Whether it narrows a search by these columns down to the rows that have them all. */
  public boolean finds(Collection<String> searched) {
    int leading = 0;
    while (leading < columns.size() && searched.contains(columns.get(leading))) {
      leading++;
    }
    return leading == searched.size() || (unique && leading == columns.size());
  }
}
