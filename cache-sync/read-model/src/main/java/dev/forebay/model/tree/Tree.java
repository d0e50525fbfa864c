package dev.forebay.model.tree;

import dev.forebay.model.Cadence;
import dev.forebay.model.KeyTemplate;
import dev.forebay.model.TableName;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One read model.
 *
 * @param cadence when documents are written
 * @param root the rows that documents stand for; null for a singleton
 * @param occurrences every place of every table, the root first
 */
public record Tree(
    String name,
    KeyTemplate key,
    Cadence cadence,
    @Nullable Rows root,
    Member.Body body,
    List<Occurrence> occurrences) {
  public Tree {
    occurrences = List.copyOf(occurrences);
  }

  /** Every table of the tree. */
  public SortedSet<TableName> tables() {
    SortedSet<TableName> tables = new TreeSet<>();
    occurrences.forEach(occurrence -> tables.add(occurrence.table().name()));
    return tables;
  }

  /**
   * Returns the columns of an occurrence that lead from its rows to documents: the key at the root,
   * elsewhere what names the outer row. A change of such a column concerns the documents of before
   * and after, so the log must carry its old value.
   */
  public List<String> routeColumns(Occurrence occurrence) {
    return root != null && root.occurrence().equals(occurrence)
        ? key.columns()
        : occurrence.linkColumns();
  }
}
