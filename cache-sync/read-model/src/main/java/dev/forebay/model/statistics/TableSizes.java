package dev.forebay.model.statistics;

import dev.forebay.model.Mend;
import dev.forebay.model.Problem;
import dev.forebay.model.TableName;
import dev.forebay.model.catalog.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many rows tables have, about. */
public final class TableSizes {

  /** Below it, reading a table whole costs less than anybody notices. */
  static final long SMALL_ROWS = 5_000;

  /** What a row of a table takes on disk, where nothing is known of it. */
  private static final int USUAL_ROW_BYTES = 100;

  private static final String SIZES =
      """
      select n.nspname, c.relname, c.reltuples::bigint, pg_relation_size(c.oid),
             exists (select from pg_stats s
                     where s.schemaname = n.nspname and s.tablename = c.relname)
      from unnest(?::text[], ?::text[]) t(schema, name)
      join pg_namespace n on n.nspname = t.schema
      join pg_class c on c.relnamespace = n.oid and c.relname = t.name\
      """;

  private record Size(long rows, boolean analyzed) {}

  private final Map<TableName, Size> sizes = new TreeMap<>();

  /**
   * Asks for tables and their partitions.
   *
   * @param tables to be asked about later
   */
  public TableSizes(Connection connection, Collection<Table> tables) throws SQLException {
    List<TableName> names = new ArrayList<>();
    for (Table table : tables) {
      names.add(table.name());
      names.addAll(table.partitions().keySet());
    }
    try (PreparedStatement statement = connection.prepareStatement(SIZES)) {
      Object[] schemas = names.stream().map(TableName::schema).toArray();
      statement.setArray(1, connection.createArrayOf("text", schemas));
      statement.setArray(
          2, connection.createArrayOf("text", names.stream().map(TableName::name).toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          sizes.put(
              new TableName(row.getString(1), row.getString(2)),
              size(row.getLong(3), row.getLong(4), row.getBoolean(5)));
        }
      }
    }
  }

  /** Rows are −1 until somebody counts them; a table that has grown since counts as it was. */
  private static Size size(long rows, long bytes, boolean analyzed) {
    return new Size(rows < 0 ? bytes / USUAL_ROW_BYTES : rows, analyzed || bytes == 0);
  }

  /** Returns about how many rows a table has, its partitions included. */
  public long rows(Table table) {
    return table.partitions().isEmpty()
        ? rows(table.name())
        : table.partitions().keySet().stream().mapToLong(this::rows).sum();
  }

  private long rows(TableName name) {
    Size size = sizes.get(name);
    return size == null ? 0 : size.rows;
  }

  /** Whether a search for its rows needs an index. */
  boolean isLarge(Table table) {
    return rows(table) >= SMALL_ROWS;
  }

  /** Warns of large tables of which the planner knows nothing. */
  public List<Problem> unknown(Collection<Table> tables) {
    List<Problem> unknown = new ArrayList<>();
    for (Table table : tables) {
      boolean analyzed =
          table.partitions().isEmpty()
              ? isAnalyzed(table.name())
              : table.partitions().keySet().stream().allMatch(this::isAnalyzed);
      if (isLarge(table) && !analyzed) {
        unknown.add(
            new Problem(
                "table " + table.name(),
                "was never analyzed, so PostgreSQL may choose plans that read it whole.",
                null,
                new Mend.Analyze(table.name())));
      }
    }
    return unknown;
  }

  private boolean isAnalyzed(TableName name) {
    Size size = sizes.get(name);
    return size == null || size.analyzed;
  }
}
