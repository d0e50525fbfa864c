package dev.forebay.model.tree;

import dev.forebay.model.catalog.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One place where a table stands in a tree; the same table may stand in several.
 *
 * @param id unique within the tree
 * @param outer the occurrence one step nearer the root; null at the root and directly in a
 *     singleton
 * @param link how it joins {@code outer}; empty where {@code outer} is null
 */
public record Occurrence(int id, Table table, @Nullable Occurrence outer, List<Link> link) {

  /** Two columns that are equal in joined rows. */
  public record Link(String own, String outer) {}

  public Occurrence {
    link = List.copyOf(link);
  }

  /** A table whose place is not clear, so that what is said about its columns can be checked. */
  public static Occurrence unplaced(Table table) {
    return new Occurrence(-1, table, null, List.of());
  }

  /** How many tables stand around it. */
  public int depth() {
    return outer == null ? 0 : outer.depth() + 1;
  }

  /** Returns the columns of this table that name the outer row. */
  public List<String> linkColumns() {
    return link.stream().map(Link::own).toList();
  }
}
