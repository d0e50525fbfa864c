package dev.forebay.model.sql;

import dev.forebay.model.catalog.Table;
import dev.forebay.model.tree.Occurrence;
import java.util.List;

/** Statements that show whether columns can be compared at all. They read no row. */
public final class LinkSql {

  private LinkSql() {}

  /** Whether a table can be ordered by a column; without parameters. */
  public static String order(Table table, String column) {
    return "select 1 from %s a order by %s limit 0"
        .formatted(table.name().sql(), SqlText.column("a", column));
  }

  /** Whether two tables can be joined; without parameters. */
  public static String probe(Table own, Table outer, List<Occurrence.Link> links) {
    Occurrence around = new Occurrence(0, outer, null, List.of());
    return "select 1 from %s a join %s b on %s limit 0"
        .formatted(
            own.name().sql(),
            outer.name().sql(),
            SqlText.link(new Occurrence(1, own, around, links), "a", "b"));
  }
}
