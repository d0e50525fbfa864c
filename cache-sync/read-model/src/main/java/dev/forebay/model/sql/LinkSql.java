package dev.forebay.model.sql;

import dev.forebay.model.catalog.Table;
import dev.forebay.model.tree.Occurrence;
import java.util.List;

/** The statement that shows whether two tables can be joined at all. It reads no row. */
public final class LinkSql {

  private LinkSql() {}

  /** Returns a statement without parameters. */
  public static String probe(Table own, Table outer, List<Occurrence.Link> links) {
    Occurrence around = new Occurrence(0, outer, null, List.of());
    return "select 1 from %s a join %s b on %s limit 0"
        .formatted(
            own.name().sql(),
            outer.name().sql(),
            SqlText.link(new Occurrence(1, own, around, links), "a", "b"));
  }
}
