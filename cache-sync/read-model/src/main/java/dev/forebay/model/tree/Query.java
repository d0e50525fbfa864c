package dev.forebay.model.tree;

import dev.forebay.model.Cadence;
import dev.forebay.model.KeyTemplate;
import dev.forebay.model.TableName;
import dev.forebay.model.catalog.Column;
import dev.forebay.model.catalog.Table;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One read model of which the user wrote the SQL.
 *
 * @param cadence when documents are written
 * @param sql one SELECT whose result holds the key columns and {@link #DOCUMENT}
 * @param columns of its result, by name
 * @param sources every table it depends on
 */
public record Query(
    String name,
    KeyTemplate key,
    Cadence cadence,
    String sql,
    Map<String, Column> columns,
    List<Source> sources) {

  /** The column of the result that is the document. */
  public static final String DOCUMENT = "document";

  /** What the user's SQL calls the image of a changed row. */
  public static final String CHANGED = "changed";

  /**
   * A table, and how its rows lead to documents.
   *
   * @param keys SELECT of the key columns from {@link #CHANGED}; null: each row concerns all
   * @param columns of the changed row that {@code keys} reads
   */
  public record Source(Table table, @Nullable String keys, List<String> columns) {
    public Source {
      columns = List.copyOf(columns);
    }
  }

  public Query {
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    sources = List.copyOf(sources);
  }

  /** Every table. */
  public SortedSet<TableName> tables() {
    SortedSet<TableName> tables = new TreeSet<>();
    sources.forEach(source -> tables.add(source.table().name()));
    return tables;
  }

  /** The tables of which any row concerns every document; none of a singleton, which has one. */
  public SortedSet<TableName> wholeTables() {
    SortedSet<TableName> tables = new TreeSet<>();
    for (Source source : sources) {
      if (source.keys() == null && !key.columns().isEmpty()) {
        tables.add(source.table().name());
      }
    }
    return tables;
  }
}
