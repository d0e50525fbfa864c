package dev.forebay.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What would mend a problem, as far as the catalog tells. Data alone: an {@link Identity} or a
 * {@link Publication} can make the user's own writes fail, so nobody proposes it before it is
 * proven harmless. The others make no write fail.
 */
public sealed interface Mend {

  /** Returns what to do, for the end of a problem: one or more sentences. */
  String words();

  /**
   * The log must carry the old values of more columns.
   *
   * @param tables that need it, all in the same way: one, or a partitioned table and partitions
   * @param ways the better ones first; more than one table have {@link Full} alone
   */
  record Identity(List<TableName> tables, List<Way> ways) implements Mend {
    public Identity {
      tables = List.copyOf(tables);
      ways = List.copyOf(ways);
    }

    @Override
    public String words() {
      return "forebay check --fix looks for SQL that mends it and is harmless to your own writes.";
    }
  }

  /** A replica identity. */
  sealed interface Way permits Existing, Made, Full {}

  /**
   * That of a unique index that is there.
   *
   * @param columns its key, all of them NOT NULL
   */
  record Existing(String index, List<String> columns) implements Way {
    public Existing {
      columns = List.copyOf(columns);
    }
  }

  /**
   * That of a unique index to be made.
   *
   * @param columns its key, all of them NOT NULL
   * @param fits whether every row that the table takes now fits such an index; if not, a long value
   *     could one day be refused
   */
  record Made(String index, List<String> columns, boolean fits) implements Way {
    public Made {
      columns = List.copyOf(columns);
    }
  }

  /** All columns. */
  record Full() implements Way {}

  /**
   * Our own publication must carry more.
   *
   * @param sql to run in one transaction
   */
  record Publication(List<String> sql) implements Mend {
    public Publication {
      sql = List.copyOf(sql);
    }

    @Override
    public String words() {
      return "forebay check --fix shows SQL that mends it, if it is harmless to your own writes.";
    }
  }

  /**
   * Rows must be found by columns.
   *
   * @param tables one, or the partitions of one
   * @param hashed for values that are too long for a B-tree
   */
  record Index(List<TableName> tables, List<String> columns, boolean hashed) implements Mend {
    public Index {
      tables = List.copyOf(tables);
      columns = List.copyOf(columns);
    }

    /** Returns the statement for one of the tables; to be run outside a transaction. */
    public String sql(TableName table) {
      return "CREATE INDEX CONCURRENTLY IF NOT EXISTS "
          + TableName.quote(IndexName.link(table, columns))
          + " ON "
          + table.sql()
          + (hashed ? " USING hash (" : " (")
          + columns.stream().map(TableName::quote).collect(Collectors.joining(", "))
          + ");";
    }

    @Override
    public String words() {
      return "Run: " + tables.stream().map(this::sql).collect(Collectors.joining(" "));
    }
  }

  /** The planner must know the rows of a table. */
  record Analyze(TableName table) implements Mend {

    /** Returns the statement. */
    public String sql() {
      return "ANALYZE " + table.sql() + ";";
    }

    @Override
    public String words() {
      return "Run: " + sql();
    }
  }

  /** Statements for an administrator; Forebay never runs them. */
  record Manual(List<String> sql) implements Mend {
    public Manual {
      sql = List.copyOf(sql);
    }

    @Override
    public String words() {
      return "As administrator: " + String.join(" ", sql);
    }
  }
}
