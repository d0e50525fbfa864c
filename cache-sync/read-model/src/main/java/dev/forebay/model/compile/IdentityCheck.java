package dev.forebay.model.compile;

import dev.forebay.model.catalog.Table;
import dev.forebay.model.catalog.UniqueIndex;
import dev.forebay.model.file.Problems;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks that the log carries the old value of every column that leads from a row to documents.
 * Without it a row that is deleted, or moves, leaves a wrong document behind that nobody names.
 *
 * <p>Only the side that leads towards the root matters: a change of the other side of a link
 * changes the outer row, which leads to its documents by itself.
 */
final class IdentityCheck {

  private static final int LONGEST_PREFIX = 40;

  /** Which columns, and the first line that needs each. */
  private record Need(Table table, Map<String, Integer> columns) {}

  private final Map<String, Need> needs = new TreeMap<>();
  private final Problems problems;

  IdentityCheck(Problems problems) {
    this.problems = problems;
  }

  /**
   * Adds what one model needs.
   *
   * @param lines where each occurrence is declared
   */
  void add(Tree tree, Map<Occurrence, Integer> lines) {
    for (Occurrence occurrence : tree.occurrences()) {
      int line = lines.getOrDefault(occurrence, 1);
      add(occurrence.table(), tree.routeColumns(occurrence), line);
    }
  }

  /** Adds that the old values of these columns lead from rows of a table to documents. */
  void add(Table table, List<String> columns, int line) {
    Need need =
        needs.computeIfAbsent(table.name().sql(), name -> new Need(table, new LinkedHashMap<>()));
    columns.forEach(column -> need.columns.putIfAbsent(column, line));
    if (table.identity().isEmpty()) {
      need.columns.putIfAbsent(table.primaryKey().getFirst(), line);
    }
  }

  /** Reports each table once, with the SQL that serves all models together. */
  void report() {
    needs.values().forEach(this::report);
  }

  private void report(Need need) {
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
          "Run: "
              + (table.partitions().isEmpty()
                  ? mend(table, need.columns.keySet())
                  : mendPartitions(table, missing)));
    }
  }

  /** The identity of a partitioned table is not inherited: each partition needs its own. */
  private static String mendPartitions(Table table, List<String> missing) {
    return Stream.concat(
            Stream.of(table.name()),
            table.partitions().entrySet().stream()
                .filter(partition -> !partition.getValue().identity().containsAll(missing))
                .map(Map.Entry::getKey))
        .map(name -> "ALTER TABLE " + name.sql() + " REPLICA IDENTITY FULL;")
        .collect(Collectors.joining(" "));
  }

  private static String mend(Table table, Set<String> needed) {
    Map<String, Boolean> columns = new LinkedHashMap<>();
    table.primaryKey().forEach(column -> columns.put(column, true));
    needed.forEach(column -> columns.put(column, table.column(column).notNull()));
    String alter = "ALTER TABLE " + table.name().sql() + " REPLICA IDENTITY ";
    if (columns.containsValue(false)) {
      boolean generated = table.columns().values().stream().anyMatch(c -> c.generated());
      return alter
          + "FULL;"
          + (generated
              ? " (First try in a transaction that is rolled back whether an UPDATE of this table"
                  + " still works: generated columns can forbid it.)"
              : "");
    }
    for (UniqueIndex index : table.uniqueIndexes()) {
      if (index.immediate()
          && index.columns().containsAll(columns.keySet())
          && index.columns().stream().allMatch(column -> table.column(column).notNull())) {
        return alter + "USING INDEX " + quote(index.name()) + ";";
      }
    }
    String prefix = table.name().name();
    String index =
        quote(prefix.substring(0, Math.min(prefix.length(), LONGEST_PREFIX)) + "_forebay_identity");
    return "CREATE UNIQUE INDEX "
        + index
        + " ON "
        + table.name().sql()
        + " ("
        + String.join(", ", columns.keySet().stream().map(IdentityCheck::quote).toList())
        + "); "
        + alter
        + "USING INDEX "
        + index
        + ";";
  }

  private static String quote(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
