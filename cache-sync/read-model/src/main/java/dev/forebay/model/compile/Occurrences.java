package dev.forebay.model.compile;

import dev.forebay.model.catalog.Table;
import dev.forebay.model.tree.Occurrence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers the places of tables in one tree, and remembers the line of each. */
final class Occurrences {

  private final List<Occurrence> list = new ArrayList<>();
  private final Map<Occurrence, Integer> lines = new LinkedHashMap<>();

  Occurrence add(Table table, @Nullable Occurrence outer, List<Occurrence.Link> link, int line) {
    Occurrence occurrence = new Occurrence(list.size(), table, outer, link);
    list.add(occurrence);
    lines.put(occurrence, line);
    return occurrence;
  }

  /** In the order they were added: each after the one around it. */
  List<Occurrence> list() {
    return list;
  }

  /** The line that declares each. */
  Map<Occurrence, Integer> lines() {
    return lines;
  }
}
