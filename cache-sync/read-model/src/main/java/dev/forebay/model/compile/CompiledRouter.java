package dev.forebay.model.compile;

import dev.forebay.model.Affected;
import dev.forebay.model.IncompleteImageException;
import dev.forebay.model.Lookup;
import dev.forebay.model.Router;
import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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
  public void follow(Connection connection, List<RowChange> changes, Predicate<Affected> goOn)
      throws SQLException {
    for (Images images : images(changes)) {
      if (!images.route().follow(connection, images, goOn)) {
        return;
      }
    }
  }

  @Override
  public Lookup lookup(List<RowChange> changes, int most) {
    return CompiledLookup.of(images(changes), most);
  }

  private List<Images> images(List<RowChange> changes) {
    Map<TableName, List<Integer>> byTable = new TreeMap<>();
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
    return all;
  }

  @Override
  public RowChange trim(RowChange change) {
    Set<String> columns = new HashSet<>();
    routes
        .getOrDefault(change.table(), List.of())
        .forEach(route -> columns.addAll(route.columns()));
    return new RowChange(
        change.table(), only(columns, change.before()), only(columns, change.after()));
  }

  private static @Nullable Map<String, @Nullable String> only(
      Set<String> columns, @Nullable Map<String, @Nullable String> image) {
    if (image == null) {
      return null;
    }
    Map<String, @Nullable String> trimmed = new HashMap<>(image);
    trimmed.keySet().retainAll(columns);
    return trimmed;
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
