package dev.forebay.model.catalog;

import dev.forebay.model.TableName;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A relation with columns.
 *
 * @param kind what it is
 * @param columns by name, in the table's order
 * @param primaryKey empty if it has none
 * @param indexes that its rows can be found by; those of partitions stand with them
 * @param identity columns that the log carries of an old row: the replica identity's; of a
 *     partitioned table, those that its own and every partition's has
 * @param partitions of a partitioned table, at any depth; else empty
 */
public record Table(
    TableName name,
    Kind kind,
    Map<String, Column> columns,
    List<String> primaryKey,
    List<UniqueIndex> uniqueIndexes,
    List<Index> indexes,
    Set<String> identity,
    SortedMap<TableName, Partition> partitions) {

  /**
   * A table that holds rows of a partitioned one.
   *
   * @param identity columns that the log carries of its old rows
   * @param indexes that its rows can be found by
   * @param state another one after it was truncated, or attached again
   */
  public record Partition(Set<String> identity, List<Index> indexes, String state) {
    public Partition {
      identity = Set.copyOf(identity);
      indexes = List.copyOf(indexes);
    }
  }

  /** What a relation is to the log. */
  public enum Kind {
    /** An ordinary, logged table without children. */
    TABLE("a table"),
    /** The root of a partition tree whose rows are all in ordinary, logged tables. */
    PARTITIONED("a partitioned table"),
    /** A root with rows that the log does not carry. */
    HALF_LOGGED("a partitioned table with an unlogged or foreign partition"),
    PARTITION("a partition"),
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

  /**
   * PostgreSQL's limit for a row of a B-tree is 2,704 bytes, some of them overhead
   * (postgresql.org/docs/18/btree.html, looked at 2026-11).
   */
  private static final int LARGEST_INDEX_ROW = 2_600;

  private static final int LARGEST_KNOWN_TO_FIT = 2_500;
  private static final int ALIGNMENT = 8;

  public Table {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    primaryKey = List.copyOf(primaryKey);
    uniqueIndexes = List.copyOf(uniqueIndexes);
    indexes = List.copyOf(indexes);
    identity = Set.copyOf(identity);
    partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
  }

  /** Whether the log tells all changes of its rows under its name. */
  public boolean logged() {
    return kind == Kind.TABLE || kind == Kind.PARTITIONED;
  }

  /** Returns a column that must exist. */
  public Column column(String column) {
    Column found = columns.get(column);
    if (found == null) {
      throw new IllegalArgumentException(name + " has no column " + column);
    }
    return found;
  }

  /** Whether no value of a column is too long for a B-tree: by its type, or one has it already. */
  public boolean isBounded(String column) {
    return column(column).mostBytes() != null
        || indexes.stream().anyMatch(index -> index.ordered() && index.columns().contains(column));
  }

  /**
   * Whether no row can be too large for a B-tree over these columns, so that the user's INSERT
   * would fail of it. A column without a bound that stands in another B-tree has had to fit there:
   * one of those leaves little room for others.
   */
  public boolean fitsIndex(Collection<String> columns) {
    int bytes = 0;
    for (String column : columns) {
      Integer most = column(column).mostBytes();
      if (most == null && !isBounded(column)) {
        return false;
      }
      bytes += most == null ? LARGEST_KNOWN_TO_FIT : most + ALIGNMENT;
    }
    return bytes <= LARGEST_INDEX_ROW;
  }

  /** Whether at most one row has given, non-null values in these columns. */
  public boolean isUnique(Collection<String> values) {
    return uniqueIndexes.stream().anyMatch(index -> values.containsAll(index.columns()));
  }
}
