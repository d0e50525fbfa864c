package dev.forebay.api.touch;

import dev.forebay.model.TableName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How many rows the session has changed in each table, as PostgreSQL counts them for itself:
 * whoever changed them, statements, triggers and referential actions alike. What is rolled back
 * stays counted, and so does what earlier transactions of the session did, for a while: only
 * differences within a transaction mean anything.
 */
record Counts(SortedMap<TableName, Count> tables) {

  static final Counts NONE = new Counts(Collections.emptySortedMap());

  Counts {
    tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
  }

  /**
   * Of one table, partitions included.
   *
   * @param files where its rows are kept; others after a TRUNCATE, which also forgets the numbers
   */
  record Count(long inserted, long updated, long deleted, String files) {

    static final Count NONE = new Count(0, 0, 0, "");

    Count minus(Count earlier) {
      return new Count(
          inserted - earlier.inserted,
          updated - earlier.updated,
          deleted - earlier.deleted,
          files.equals(earlier.files) ? "" : files);
    }

    Count plus(Count more) {
      return new Count(
          inserted + more.inserted, updated + more.updated, deleted + more.deleted, files);
    }

    boolean isNothing() {
      return equals(NONE);
    }

    /**
     * Whether this is exactly what those changes come to, where a row that is moved to another
     * partition is deleted here and inserted there.
     */
    boolean isOf(Count known) {
      long moved = inserted - known.inserted;
      return files.isEmpty()
          && moved >= 0
          && deleted - known.deleted == moved
          && updated + moved == known.updated;
    }
  }

  /** The statement that counts; the result is for {@link #read}. */
  static String sql(List<TableName> tables) {
    String names =
        tables.stream()
            .map(table -> "'" + table.sql().replace("'", "''") + "'")
            .collect(Collectors.joining(", "));
    return """
    select sum(pg_stat_get_xact_tuples_inserted(r)), sum(pg_stat_get_xact_tuples_updated(r)),
      sum(pg_stat_get_xact_tuples_deleted(r)), string_agg(pg_relation_filenode(r)::text, ' ' order by r)
    from unnest(array[%s]::text[]) with ordinality as t(name, n)
    left join lateral pg_partition_tree(to_regclass(t.name)) p on p.isleaf,
    coalesce(p.relid, to_regclass(t.name)) r
    group by t.n order by t.n\
    """
        .formatted(names);
  }

  /**
   * Reads what {@link #sql} answers.
   *
   * @param tables the same, in the same order
   */
  static Counts read(ResultSet rows, List<TableName> tables) throws SQLException {
    SortedMap<TableName, Count> counts = new TreeMap<>();
    for (TableName table : tables) {
      rows.next();
      String files = rows.getString(4);
      counts.put(
          table,
          new Count(
              rows.getLong(1), rows.getLong(2), rows.getLong(3), files == null ? "gone" : files));
    }
    return new Counts(counts);
  }

  /** What has happened since. */
  Counts since(Counts earlier) {
    SortedMap<TableName, Count> difference = new TreeMap<>();
    tables.forEach((table, count) -> difference.put(table, count.minus(earlier.of(table))));
    return new Counts(difference);
  }

  /** As if that had been done too. */
  Counts plus(Counts more) {
    SortedMap<TableName, Count> sum = new TreeMap<>();
    tables.forEach((table, count) -> sum.put(table, count.plus(more.of(table))));
    return new Counts(sum);
  }

  Count of(TableName table) {
    return tables.getOrDefault(table, Count.NONE);
  }
}
