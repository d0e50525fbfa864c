package dev.forebay.model.compile;

import dev.forebay.model.Affected;
import dev.forebay.model.IncompleteImageException;
import dev.forebay.model.Router;
import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Sends each changed row along every path on which its table stands. */
final class CompiledRouter implements Router {

  private final Map<TableName, List<Route>> routes;

  CompiledRouter(List<Route> routes) {
    Map<TableName, List<Route>> byTable = new HashMap<>();
    for (Route route : routes) {
      byTable.computeIfAbsent(route.table(), table -> new ArrayList<>()).add(route);
    }
    this.routes = byTable;
  }

  @Override
  public List<Affected> affected(Connection connection, List<RowChange> changes)
      throws SQLException {
    Map<TableName, List<Integer>> byTable = new HashMap<>();
    for (int i = 0; i < changes.size(); i++) {
      byTable.computeIfAbsent(changes.get(i).table(), table -> new ArrayList<>()).add(i);
    }
    List<Images> all = new ArrayList<>();
    for (Map.Entry<TableName, List<Integer>> entry : byTable.entrySet()) {
      for (Route route : routes.getOrDefault(entry.getKey(), List.of())) {
        all.add(Images.of(route, changes, entry.getValue()));
      }
    }
    checkComplete(all);
    Set<Affected> affected = new LinkedHashSet<>();
    for (Images images : all) {
      images.route().follow(connection, images, affected);
    }
    return List.copyOf(affected);
  }

  private static void checkComplete(List<Images> all) {
    Set<Integer> incomplete = new TreeSet<>();
    String first = null;
    for (Images images : all) {
      incomplete.addAll(images.incomplete());
      if (first == null && !images.incomplete().isEmpty()) {
        first = images.route().table() + " without " + String.join(", ", images.route().columns());
      }
    }
    if (first != null) {
      throw new IncompleteImageException(
          List.copyOf(incomplete),
          incomplete.size()
              + " changed rows cannot be routed, the first of them a row of "
              + first
              + "; look at its table's replica identity");
    }
  }
}
