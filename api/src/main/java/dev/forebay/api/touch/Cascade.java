package dev.forebay.api.touch;

import dev.forebay.api.touch.Before.Along;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rows that go with a row when it is deleted, because they refer to it ON DELETE CASCADE or SET
 * NULL. They are locked, and none can be added: a new one would need the deleted row's key, which
 * is locked too. What is beyond its bounds is left out; it shows in PostgreSQL's counts.
 */
final class Cascade {

  /** Rows of all tables together: more are hardly named one by one. */
  private static final int MOST_ROWS = 200;

  private static final int MOST_LEVELS = 3;

  private final Touches touches;
  private final Connection connection;
  private final Map<Place, Along> found = new LinkedHashMap<>();

  private record Place(TableName table, String place) {}

  Cascade(Touches touches, Connection connection) {
    this.touches = touches;
    this.connection = connection;
  }

  /** Finds them; empty where there are too many. */
  List<Along> of(Image deleted) throws SQLException {
    Set<Place> gone = new HashSet<>(Set.of(place(deleted)));
    List<Image> level = List.of(deleted);
    for (int depth = 0; depth < MOST_LEVELS && !level.isEmpty(); depth++) {
      List<Image> next = new ArrayList<>();
      for (Reference reference : referencesTo(level)) {
        List<Image> rows = referring(reference, level);
        if (found.size() + rows.size() > MOST_ROWS) {
          return List.of();
        }
        for (Image row : rows) {
          if (reference.deletes() ? gone.add(place(row)) : !gone.contains(place(row))) {
            // A row that is deleted by one reference is no longer there for another to change.
            found.put(
                place(row), new Along(row, reference.deletes() ? null : reference.released(row)));
            if (reference.deletes()) {
              next.add(row);
            }
          }
        }
      }
      level = next;
    }
    return List.copyOf(found.values());
  }

  private List<Reference> referencesTo(List<Image> rows) {
    return rows.stream()
        .map(Image::table)
        .distinct()
        .flatMap(table -> touches.referencesTo(table).stream())
        .toList();
  }

  private List<Image> referring(Reference reference, List<Image> level) throws SQLException {
    List<List<String>> values =
        level.stream()
            .filter(row -> row.table().equals(reference.to()))
            .map(reference::values)
            .flatMap(Optional::stream)
            .distinct()
            .toList();
    ImageReader reader = touches.reader(reference.from());
    if (values.isEmpty() || reader == null) {
      return List.of();
    }
    return reader.byValues(
        connection,
        reference.columns(),
        reference.types(),
        values,
        MOST_ROWS + 1,
        reference.deletes() ? ImageReader.Lock.DELETE : ImageReader.Lock.CHANGE);
  }

  private static Place place(Image row) {
    return new Place(row.table(), row.place());
  }
}
