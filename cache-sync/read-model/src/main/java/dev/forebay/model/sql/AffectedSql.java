package dev.forebay.model.sql;

import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Rows;
import dev.forebay.model.tree.Tree;
import java.util.List;
import java.util.Objects;

/**
 * The statement that walks from changed rows of one occurrence to the keys of documents.
 * Parameters: an integer array that numbers the images, then one text array per route column of the
 * occurrence; a row of the result: such a number, then the key as text.
 *
 * <p>Completeness: the image names the outer row it was or is linked to, every further step is
 * joined as the snapshot sees it. No condition of the model takes part: a row that fails it now may
 * be why the document must change.
 */
public final class AffectedSql {

  private AffectedSql() {}

  /** Returns the statement for an occurrence of a tree that is no singleton. */
  public static String of(Tree tree, Occurrence changed) {
    List<String> columns = tree.routeColumns(changed);
    Rows root = Objects.requireNonNull(tree.root());
    String images =
        "unnest(?::integer[], "
            + "?::text[], ".repeat(columns.size() - 1)
            + "?::text[]) as c(n, "
            + SqlText.names("v", columns.size())
            + ")";
    return changed.outer() == null
        ? ofRoot(changed, columns, images)
        : ofPath(changed, images, root.occurrence(), tree.key().columns());
  }

  private static String ofRoot(Occurrence root, List<String> columns, String images) {
    StringBuilder sql = new StringBuilder("select distinct c.n");
    StringBuilder known = new StringBuilder();
    for (int i = 0; i < columns.size(); i++) {
      String value = "c.v" + i;
      sql.append(", (")
          .append(SqlText.cast(value, root.table().column(columns.get(i))))
          .append(")::text");
      known.append(i == 0 ? "\nwhere " : " and ").append(value).append(" is not null");
    }
    return sql.append("\nfrom ").append(images).append(known).toString();
  }

  private static String ofPath(
      Occurrence changed, String images, Occurrence root, List<String> key) {
    StringBuilder joins = new StringBuilder();
    Occurrence inner = changed;
    for (Occurrence row = changed.outer(); row != null; row = row.outer()) {
      joins
          .append("\njoin ")
          .append(row.table().name().sql())
          .append(" t")
          .append(row.id())
          .append(" on ")
          .append(
              inner.equals(changed)
                  ? fromImage(changed, "t" + row.id())
                  : SqlText.link(inner, "t" + inner.id(), "t" + row.id()));
      inner = row;
    }
    String alias = "t" + root.id();
    StringBuilder known = new StringBuilder();
    for (String column : key) {
      known
          .append(known.isEmpty() ? "\nwhere " : " and ")
          .append(SqlText.column(alias, column))
          .append(" is not null");
    }
    return "select distinct c.n, "
        + SqlText.keyText(key, alias)
        + "\nfrom "
        + images
        + joins
        + known;
  }

  private static String fromImage(Occurrence changed, String outerAlias) {
    StringBuilder on = new StringBuilder();
    for (int i = 0; i < changed.link().size(); i++) {
      Occurrence.Link link = changed.link().get(i);
      var own = changed.table().column(link.own());
      on.append(i == 0 ? "" : " and ")
          .append(
              SqlText.compare(
                  SqlText.column(outerAlias, link.outer()),
                  "=",
                  SqlText.cast("c.v" + i, own),
                  own.type()));
    }
    return on.toString();
  }
}
