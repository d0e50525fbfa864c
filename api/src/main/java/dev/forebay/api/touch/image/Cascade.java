package dev.forebay.api.touch.image;

import dev.forebay.api.transaction.Script;
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
public final class Cascade {

  /** Rows of all tables together: more are hardly named one by one. */
  private static final int MOST_ROWS = 200;

  private static final int MOST_LEVELS = 3;

  private static final String LIMIT =
      "select set_config('forebay.statement_timeout', current_setting('statement_timeout'), true),"
          + " set_config('statement_timeout', ?, true)";

  private static final String AS_BEFORE =
      "select set_config('statement_timeout', current_setting('forebay.statement_timeout'), true)";

  private final TableImages tables;
  private final Connection connection;
  private final long until;
  private final Map<Place, Along> found = new LinkedHashMap<>();

  private record Place(TableName table, String place) {}

  /**
   * @param millis that looking may take, all levels together
   */
  public Cascade(TableImages tables, Connection connection, long millis) {
    this.tables = tables;
    this.connection = connection;
    this.until = System.nanoTime() + millis * 1_000_000;
  }

  /** Finds them; empty where there are too many. */
  public List<Along> of(Image deleted) throws SQLException {
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
        .flatMap(table -> tables.referencesTo(table).stream())
        .toList();
  }

  /** A thousand rows without an index may take long; the write's own time-out comes back after. */
  private List<Image> referring(Reference reference, List<Image> level) throws SQLException {
    List<List<String>> values =
        level.stream()
            .filter(row -> row.table().equals(reference.to()))
            .map(reference::values)
            .flatMap(Optional::stream)
            .distinct()
            .toList();
    ImageReader reader = tables.reader(reference.from());
    if (values.isEmpty() || reader == null) {
      return List.of();
    }
    List<Image> rows = new ArrayList<>();
    Script script =
        new Script().query(LIMIT, Script.Binder.of(Long.toString(left())), Script.Reader.IGNORED);
    reader.byValues(
        script,
        reference.columns(),
        reference.types(),
        values,
        MOST_ROWS + 1,
        reference.deletes() ? ImageReader.Lock.DELETE : ImageReader.Lock.CHANGE,
        rows::add);
    script.query(AS_BEFORE, Script.Binder.NONE, Script.Reader.IGNORED).run(connection);
    return rows;
  }

  private long left() {
    return Math.max(1, (until - System.nanoTime()) / 1_000_000);
  }

  private static Place place(Image row) {
    return new Place(row.table(), row.place());
  }
}
