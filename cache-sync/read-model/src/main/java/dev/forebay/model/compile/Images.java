package dev.forebay.model.compile;

import dev.forebay.model.RowChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The images of changed rows that one route can use.
 *
 * @param rows the change's index and the values of the route's columns, each once
 * @param incomplete changes of which no image has all these columns
 */
record Images(Route route, List<Row> rows, List<Integer> incomplete) {

  record Row(int change, List<@Nullable String> values) {}

  static Images of(Route route, List<RowChange> changes, List<Integer> indices) {
    Set<Row> rows = new LinkedHashSet<>();
    List<Integer> incomplete = new ArrayList<>();
    for (int index : indices) {
      RowChange change = changes.get(index);
      boolean before = add(index, change.before(), route.columns(), rows);
      boolean after = add(index, change.after(), route.columns(), rows);
      if (!before && !after) {
        incomplete.add(index);
      }
    }
    return new Images(route, List.copyOf(rows), incomplete);
  }

  /** An image without one of the columns says nothing; the other image then must. */
  private static boolean add(
      int change,
      @Nullable Map<String, @Nullable String> image,
      List<String> columns,
      Set<Row> to) {
    if (image == null || !image.keySet().containsAll(columns)) {
      return false;
    }
    @Nullable String[] values = columns.stream().map(image::get).toArray(String[]::new);
    to.add(new Row(change, Arrays.asList(values)));
    return true;
  }

  Object[] changes() {
    return rows.stream().map(Row::change).toArray();
  }

  @Nullable Object[] values(int column) {
    return rows.stream().map(row -> row.values.get(column)).toArray();
  }

  /** The changes, each once. */
  Set<Integer> distinctChanges() {
    Set<Integer> changes = new HashSet<>();
    rows.forEach(row -> changes.add(row.change));
    return changes;
  }
}
