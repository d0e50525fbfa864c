package dev.forebay.model.statistics;

import dev.forebay.model.Mend;
import dev.forebay.model.Problem;
import dev.forebay.model.TableName;
import dev.forebay.model.catalog.Index;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.Location;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether each step of a tree can be walked by an index: inwards, as a build does, and outwards, as
 * a changed row does on its way to documents.
 */
public final class LinkCheck {

  private final TableSizes sizes;
  private final Set<Mend.Index> found = new HashSet<>();
  private final List<Problem> warnings = new ArrayList<>();

  /**
   * @param sizes of all tables of the trees
   */
  public LinkCheck(TableSizes sizes) {
    this.sizes = sizes;
  }

  /**
   * Looks at one model.
   *
   * @param locations where each occurrence is declared
   */
  public void add(Tree tree, Map<Occurrence, Location> locations) {
    for (Occurrence inner : tree.occurrences()) {
      Occurrence outer = inner.outer();
      if (outer == null) {
        continue;
      }
      Location at = locations.getOrDefault(inner, Location.TOP);
      String model = tree.name();
      look(inner.table(), inner.linkColumns(), at, "each build of documents of '" + model + "'");
      look(
          outer.table(),
          inner.link().stream().map(Occurrence.Link::outer).toList(),
          at,
          "each changed row of " + inner.table().name());
    }
  }

  private void look(Table table, List<String> link, Location at, String when) {
    List<String> columns = link.stream().distinct().toList();
    List<TableName> lacking = lacking(table, columns);
    if (lacking.isEmpty() || !sizes.isLarge(table)) {
      return;
    }
    Mend.Index mend = mend(table, columns, lacking);
    if (mend != null && !found.add(mend)) {
      return;
    }
    warnings.add(
        new Problem(
            at.toString(),
            "No index finds rows of "
                + table.name()
                + " by "
                + String.join(", ", columns)
                + ", so "
                + when
                + " would read all of its "
                + sizes.rows(table)
                + " rows.",
            mend == null ? "Add one that begins with columns of bounded length." : null,
            mend));
  }

  private static List<TableName> lacking(Table table, List<String> columns) {
    if (table.partitions().isEmpty()) {
      return finds(table.indexes(), columns) ? List.of() : List.of(table.name());
    }
    return table.partitions().entrySet().stream()
        .filter(partition -> !finds(partition.getValue().indexes(), columns))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean finds(List<Index> indexes, List<String> columns) {
    return indexes.stream().anyMatch(index -> index.finds(columns));
  }

  /** A B-tree refuses long values, and the user's INSERT with it; a hash index takes all. */
  private static Mend.@Nullable Index mend(
      Table table, List<String> columns, List<TableName> lacking) {
    boolean fits = table.fitsIndex(columns);
    return fits || columns.size() == 1 ? new Mend.Index(lacking, columns, !fits) : null;
  }

  /** Returns a warning for each index that is missing, in the order of the models. */
  public List<Problem> warnings() {
    return List.copyOf(warnings);
  }
}
