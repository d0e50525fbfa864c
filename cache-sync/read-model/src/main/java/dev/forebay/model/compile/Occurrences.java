package dev.forebay.model.compile;

import dev.forebay.model.catalog.Table;
import dev.forebay.model.file.Location;
import dev.forebay.model.tree.Occurrence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers the places of tables in one tree, and remembers where each is declared. */
final class Occurrences {

  private final List<Occurrence> list = new ArrayList<>();
  private final Map<Occurrence, Location> locations = new LinkedHashMap<>();

  Occurrence add(Table table, @Nullable Occurrence outer, List<Occurrence.Link> link, Location at) {
    Occurrence occurrence = new Occurrence(list.size(), table, outer, link);
    list.add(occurrence);
    locations.put(occurrence, at);
    return occurrence;
  }

  /** In the order they were added: each after the one around it. */
  List<Occurrence> list() {
    return list;
  }

  /** Where each is declared. */
  Map<Occurrence, Location> locations() {
    return locations;
  }
}
