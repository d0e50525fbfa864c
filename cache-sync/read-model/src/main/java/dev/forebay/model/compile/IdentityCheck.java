package dev.forebay.model.compile;

import dev.forebay.model.IndexName;
import dev.forebay.model.Mend;
import dev.forebay.model.TableName;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.catalog.UniqueIndex;
import dev.forebay.model.file.Location;
import dev.forebay.model.file.Problems;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Checks that the log carries the old value of every column that leads from a row to documents.
 * Without it a row that is deleted, or moves, leaves a wrong document behind that nobody names.
 *
 * <p>Only the side that leads towards the root matters: a change of the other side of a link
 * changes the outer row, which leads to its documents by itself.
 */
final class IdentityCheck {

  /** Which columns, and the first place that needs each. */
  private record Need(Table table, Map<String, Location> columns) {}

  private final Map<String, Need> needs = new TreeMap<>();

  /**
   * Adds what one model needs.
   *
   * @param locations where each occurrence is declared
   */
  void add(Tree tree, Map<Occurrence, Location> locations) {
    for (Occurrence occurrence : tree.occurrences()) {
      Location at = locations.getOrDefault(occurrence, Location.TOP);
      add(occurrence.table(), tree.routeColumns(occurrence), at);
    }
  }

  /** Adds that the old values of these columns lead from rows of a table to documents. */
  void add(Table table, List<String> columns, Location at) {
    Need need =
        needs.computeIfAbsent(table.name().sql(), name -> new Need(table, new LinkedHashMap<>()));
    columns.forEach(column -> need.columns.putIfAbsent(column, at));
    if (table.identity().isEmpty()) {
      need.columns.putIfAbsent(table.primaryKey().getFirst(), at);
    }
  }

  /** Adds what other models need. */
  void addAll(IdentityCheck others) {
    others.needs.forEach((table, need) -> {
      Map<String, Location> columns =
          needs.computeIfAbsent(table, name -> new Need(need.table, new LinkedHashMap<>())).columns;
      need.columns.forEach(columns::putIfAbsent);
    });
  }

  /** Reports each table once, with the mend that serves all models together. */
  void report(Problems problems) {
    needs.values().forEach(need -> report(need, problems));
  }

  private static void report(Need need, Problems problems) {
    Table table = need.table;
    List<String> generated =
        need.columns.keySet().stream().filter(column -> table.column(column).generated()).toList();
    List<String> missing =
        need.columns.keySet().stream()
            .filter(column -> !table.identity().contains(column))
            .toList();
    if (!generated.isEmpty()) {
      problems.add(
          Objects.requireNonNull(need.columns.get(generated.getFirst())),
          "The log does not carry the generated column "
              + String.join(", ", generated)
              + " of "
              + table.name()
              + ", so it cannot be a key or a link yet.",
          "Use an ordinary column.");
    } else if (!missing.isEmpty()) {
      problems.add(
          Objects.requireNonNull(need.columns.get(missing.getFirst())),
          "When a row of "
              + table.name()
              + " moves or is deleted, the log does not carry its old "
              + String.join(", ", missing)
              + ": the document it leaves would stay wrong.",
          null,
          new Mend.Identity(
              table.partitions().isEmpty() ? List.of(table.name()) : lacking(table, missing),
              table.partitions().isEmpty()
                  ? ways(table, need.columns.keySet())
                  : List.of(new Mend.Full())));
    }
  }

  /** The identity of a partitioned table is not inherited: each partition needs its own. */
  private static List<TableName> lacking(Table table, List<String> missing) {
    return Stream.concat(
            Stream.of(table.name()),
            table.partitions().entrySet().stream()
                .filter(partition -> !partition.getValue().identity().containsAll(missing))
                .map(Map.Entry::getKey))
        .toList();
  }

  /** The fewest bytes in the log first, but nothing that a long value could break. */
  private static List<Mend.Way> ways(Table table, Set<String> needed) {
    Set<String> columns = new LinkedHashSet<>(table.primaryKey());
    columns.addAll(needed);
    List<Mend.Way> ways = new ArrayList<>();
    if (columns.stream().allMatch(column -> table.column(column).notNull())) {
      for (UniqueIndex index : table.uniqueIndexes()) {
        if (index.immediate()
            && index.columns().containsAll(columns)
            && index.columns().stream().allMatch(column -> table.column(column).notNull())) {
          ways.add(new Mend.Existing(index.name(), index.columns()));
        }
      }
      boolean fits = table.fitsIndex(columns);
      List<String> key = List.copyOf(columns);
      ways.add(new Mend.Made(IndexName.identity(table.name()), key, fits));
      ways.add(fits ? ways.size() : ways.size() - 1, new Mend.Full());
      return ways;
    }
    return List.of(new Mend.Full());
  }
}
