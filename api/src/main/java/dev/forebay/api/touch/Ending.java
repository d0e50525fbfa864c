package dev.forebay.api.touch;

import dev.forebay.api.token.Touched;
import dev.forebay.api.touch.Counts.Count;
import dev.forebay.api.touch.Looks.Seen;
import dev.forebay.api.touch.image.Image;
import dev.forebay.model.IncompleteImageException;
import dev.forebay.model.Lookup;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what one transaction has touched: at its end, and once more after its COMMIT. */
final class Ending {

  private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

  private final Touches touches;
  private final ReadModels models;
  private final Connection connection;
  private final Deeds deeds;
  private final LookTime time;
  private final Findings findings;
  private final List<RowChange> changes;
  private @Nullable Outcome outcome;

  Ending(Touches touches, Connection connection, Deeds deeds, LookTime time) {
    this.touches = touches;
    this.models = touches.models();
    this.connection = connection;
    this.deeds = deeds;
    this.time = time;
    this.findings = new Findings(touches.keyPrefix());
    this.changes = new ArrayList<>(deeds.changes());
  }

  /**
   * @param start what had been counted before the transaction did anything
   */
  Outcome find(Counts start) throws SQLException {
    Seen seen = null;
    Exception fault = null;
    try {
      seen = look();
      follow(seen);
    } catch (SQLException e) {
      if (Looks.concernsTheWrite(e) || !Looks.goBack(connection)) {
        throw e;
      }
      fault = e;
    } catch (IncompleteImageException | TimeoutException e) {
      fault = e;
    }
    if (seen == null) {
      Lookup nothing = models.lookup(List.of(), 0);
      seen = touches.looks().atEnd(connection, Map.of(), nothing, key -> {}, touches.mostTime());
    }
    List<TableName> changed = compare(seen, start);
    SortedSet<String> unsure = new TreeSet<>();
    if (fault == null) {
      unsure.addAll(models.lookup(changes, Findings.MOST).asked());
    } else {
      LOG.atWarn()
          .setCause(fault)
          .addKeyValue("tables", changed)
          .log("the documents that a write touches were not found; it names their models");
      changed.forEach(this::addReading);
    }
    Touched touched = findings.touched(seen.xid());
    unsure.removeAll(touched.models());
    outcome = new Outcome(touched, unsure, seen.history());
    return outcome;
  }

  /** Routes the rows as they were, while it reads what they are now. */
  private Seen look() throws SQLException, TimeoutException {
    Lookup lookup = models.lookup(changes, Findings.MOST);
    lookup.known().forEach(findings::add);
    long began = System.nanoTime();
    try {
      return touches.looks().atEnd(connection, deeds.written(), lookup, findings::add, left());
    } finally {
      time.spend(began);
    }
  }

  /** Routes the rows that lead elsewhere now; after most changes there are none. */
  private void follow(Seen seen) throws SQLException, TimeoutException {
    Set<Image> routed = new HashSet<>();
    for (RowChange change : changes) {
      add(routed, change.table(), change.before());
      add(routed, change.table(), change.after());
    }
    List<RowChange> fresh = new ArrayList<>();
    for (Image row : seen.rows()) {
      if (add(routed, row.table(), row.values())) {
        fresh.add(new RowChange(row.table(), null, row.values()));
      }
    }
    changes.addAll(fresh);
    Lookup lookup = models.lookup(fresh, Findings.MOST);
    lookup.known().forEach(findings::add);
    if (!lookup.asked().isEmpty()) {
      touches.looks().route(connection, lookup, findings::add, left());
    }
  }

  private static boolean add(
      Set<Image> images, TableName table, @Nullable Map<String, @Nullable String> values) {
    return values != null && images.add(new Image(table, "", values));
  }

  private Duration left() throws TimeoutException {
    long millis = time.leftMillis();
    if (millis == 0) {
      throw new TimeoutException("the looks of one write together took too long");
    }
    return Duration.ofMillis(millis);
  }

  /**
   * Names models where PostgreSQL has counted other changes than are known.
   *
   * @return the tables that were changed
   */
  private List<TableName> compare(Seen seen, Counts start) {
    Counts counted = seen.counts().since(start);
    List<TableName> changed = new ArrayList<>();
    for (TableName table : touches.tables()) {
      Count count = counted.of(table);
      Count known = deeds.count(table);
      long read = seen.rows().stream().filter(row -> row.table().equals(table)).count();
      if (!seen.counted()
          || deeds.isUnread(table)
          || !count.isOf(known)
          || read < deeds.written(table)) {
        addReading(table);
      }
      if (!count.isNothing() || !known.isNothing()) {
        findings.addWholly(names(models.dependingWholly(table)));
        changed.add(table);
      }
    }
    return changed;
  }

  /**
   * Finds what has moved meanwhile; nothing is unsure then.
   *
   * @return null if nothing was unsure before
   */
  @Nullable Outcome findMore() {
    Outcome found = Objects.requireNonNull(outcome);
    if (found.unsure().isEmpty()) {
      return null;
    }
    try {
      Lookup lookup = models.lookup(changes, Findings.MOST);
      touches.looks().afterCommit(connection, lookup, findings::add, touches.afterwards());
    } catch (SQLException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("models", found.unsure())
          .log("what moved while a write was committed was not found; it names models");
      return found.wholly();
    }
    Touched touched = findings.touched(found.touched().xid());
    return new Outcome(touched, new TreeSet<>(), found.history());
  }

  private void addReading(TableName table) {
    findings.addWholly(names(models.reading(table)));
  }

  private static List<String> names(List<ReadModel> models) {
    return models.stream().map(ReadModel::name).toList();
  }
}
