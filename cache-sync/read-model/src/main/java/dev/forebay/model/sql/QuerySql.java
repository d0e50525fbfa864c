package dev.forebay.model.sql;

import dev.forebay.model.catalog.Column;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.tree.Query;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The statements around SQL that the user wrote; parameters and results are those of {@link
 * BuildSql} and {@link AffectedSql}.
 *
 * <p>Each key asks the user's query anew, behind {@code offset 0}: only so PostgreSQL moves the key
 * into a query that groups or is a union, and finds its rows by index.
 */
public final class QuerySql {

  private QuerySql() {}

  /** Returns the statement that builds documents. A key that two rows claim has two results. */
  public static String build(Query query) {
    String document = "(" + SqlText.column("q", Query.DOCUMENT) + ")::jsonb::text";
    String from = " from (" + query.sql() + "\n) q";
    if (query.key().columns().isEmpty()) {
      return "select 1::bigint, " + document + from;
    }
    List<Column> key = keyColumns(query);
    return "select k.n, d.document\nfrom "
        + KeyParameters.rows(key)
        + "\ncross join lateral (select "
        + document
        + " as document"
        + from
        + " where "
        + KeyParameters.match(key, "q")
        + " offset 0) d";
  }

  /** Returns the statement that lists keys. */
  public static KeysSql keys(Query query) {
    return new KeysSql("(" + query.sql() + "\n)", query.columns(), query.key().columns());
  }

  /** Returns the statement that leads from images of a source's rows to keys. */
  public static String affected(Query query, Query.Source source) {
    StringBuilder images = new StringBuilder("unnest(?::integer[]");
    StringBuilder names = new StringBuilder("n");
    StringBuilder changed = new StringBuilder("select");
    for (int i = 0; i < source.columns().size(); i++) {
      Column column = source.table().column(source.columns().get(i));
      images.append(", ?::text[]");
      names.append(", v").append(i);
      changed
          .append(i == 0 ? " " : ", ")
          .append(SqlText.cast("i.v" + i, column))
          .append(" as ")
          .append(SqlText.name(column.name()));
    }
    StringBuilder known = new StringBuilder();
    for (String column : query.key().columns()) {
      known
          .append(known.isEmpty() ? "\nwhere " : " and ")
          .append(SqlText.column("a", column))
          .append(" is not null");
    }
    return "select distinct i.n, "
        + SqlText.keyText(query.key().columns(), "a")
        + "\nfrom "
        + images
        + ") as i("
        + names
        + ")\ncross join lateral (with "
        + Query.CHANGED
        + " as not materialized ("
        + changed
        + ")\n  select * from ("
        + Objects.requireNonNull(source.keys())
        + "\n) r) a"
        + known;
  }

  /** Makes a table like the images of a table's rows, in which PostgreSQL can check a query. */
  public static String imageTable(Table table) {
    return table.columns().values().stream()
        .map(column -> SqlText.name(column.name()) + " " + column.type().sql())
        .collect(Collectors.joining(", ", "create temporary table " + Query.CHANGED + " (", ")"));
  }

  private static List<Column> keyColumns(Query query) {
    return query.key().columns().stream()
        .map(name -> Objects.requireNonNull(query.columns().get(name)))
        .toList();
  }
}
