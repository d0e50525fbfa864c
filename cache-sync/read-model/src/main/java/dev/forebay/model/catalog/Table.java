package dev.forebay.model.catalog;

import dev.forebay.model.TableName;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A relation with columns.
 *
 * @param kind what it is
 * @param columns by name, in the table's order
 * @param primaryKey empty if it has none
 * @param identity columns that the log carries of an old row: the replica identity's
 */
public record Table(
    TableName name,
    Kind kind,
    Map<String, Column> columns,
    List<String> primaryKey,
    List<UniqueIndex> uniqueIndexes,
    Set<String> identity) {

  /** What a relation is to the log. */
  public enum Kind {
    /** An ordinary, logged table without children. */
    TABLE("a table"),
    PARTITIONED("a partitioned table or a partition"),
    INHERITED("a table that others inherit from"),
    UNLOGGED("an unlogged table"),
    VIEW("a view"),
    FOREIGN("a foreign table");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** Returns, for example, {@code a view}. */
    @Override
    public String toString() {
      return words;
    }
  }

  public Table {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    primaryKey = List.copyOf(primaryKey);
    uniqueIndexes = List.copyOf(uniqueIndexes);
    identity = Set.copyOf(identity);
  }

  /** Returns a column that must exist. */
  public Column column(String column) {
    Column found = columns.get(column);
    if (found == null) {
      throw new IllegalArgumentException(name + " has no column " + column);
    }
    return found;
  }

  /** Whether at most one row has given, non-null values in these columns. */
  public boolean isUnique(Collection<String> values) {
    return uniqueIndexes.stream().anyMatch(index -> values.containsAll(index.columns()));
  }
}
