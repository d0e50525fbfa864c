package dev.forebay.model;

import java.util.List;

/**
 * What would mend a problem, as far as the catalog tells. Data alone: an {@link Identity} or a
 * {@link Publication} can make the user's own writes fail, so nobody proposes it before it is
 * proven harmless.
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
   * Statements that no write can fail of, each outside a transaction.
   *
   * @param note what they cost, one sentence
   */
  record Direct(List<String> sql, String note) implements Mend {
    public Direct {
      sql = List.copyOf(sql);
    }

    @Override
    public String words() {
      return "Run: " + String.join(" ", sql);
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
