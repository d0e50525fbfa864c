package dev.forebay.worker.route;

import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.ModelRegister;
import dev.forebay.model.Affected;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.IncompleteImageException;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.Snapshot;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import dev.forebay.worker.capture.ChangeEvent;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.RetryDelay;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns change events into dirty documents.
 *
 * <p>Visibility: the log may deliver a commit before any new snapshot sees it. Routed too early, a
 * leaf that was hung under a moved row would be looked up under the row's old parent, and the new
 * one never built. So an event waits until the routing snapshot sees its transaction; the others go
 * on.
 *
 * <p>What cannot be named one by one (a truncated table, a row of which a model depends wholly, a
 * row without the images that lead to its documents) becomes a durable request to resync the models
 * that read the table.
 */
public final class Routing {

  private static final Logger LOG = LoggerFactory.getLogger(Routing.class);
  private static final int BATCH = 2_000;
  private static final int MAX_WAITING = 20_000;
  private static final long IDLE_MILLIS = 200;
  private static final long INVISIBLE_MILLIS = 2;

  private final DataSource dataSource;
  private final ReadModels models;
  private final ModelRegister register;
  private final DirtyDocuments dirty;
  private final BlockingQueue<ChangeEvent> events;
  private final RetryDelay delay;
  private final RoutingMetrics metrics;
  private List<ChangeEvent> waiting = new ArrayList<>();
  private int failures;
  private volatile boolean failing;

  /**
   * @param dataSource the primary: a standby's snapshots would be too old
   * @param register where a truncation requests its resyncs
   * @param events what capture delivers
   */
  public Routing(
      DataSource dataSource,
      ReadModels models,
      ModelRegister register,
      DirtyDocuments dirty,
      BlockingQueue<ChangeEvent> events,
      RetryDelay delay,
      RoutingMetrics metrics) {
    this.dataSource = dataSource;
    this.models = models;
    this.register = register;
    this.dirty = dirty;
    this.events = events;
    this.delay = delay;
    this.metrics = metrics;
  }

  /** Routes what is there, or waits a moment for something. Events that fail are kept. */
  public void step() throws InterruptedException {
    dirty.awaitRoom();
    take();
    if (waiting.isEmpty()) {
      return;
    }
    try {
      int before = waiting.size();
      waiting = route(waiting);
      failures = 0;
      failing = false;
      if (waiting.size() == before) {
        TimeUnit.MILLISECONDS.sleep(INVISIBLE_MILLIS);
      }
    } catch (SQLException | LedgerException e) {
      failures++;
      failing = true;
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("events", waiting.size())
          .addKeyValue("failures", failures)
          .log("Routing failed; trying again");
      TimeUnit.NANOSECONDS.sleep(delay.after(failures).toNanos());
    }
  }

  /** Whether the last round failed. */
  public boolean isFailing() {
    return failing;
  }

  private void take() throws InterruptedException {
    if (waiting.isEmpty()) {
      ChangeEvent first = events.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
      if (first == null) {
        return;
      }
      waiting.add(first);
    }
    // Those that wait for a snapshot to see them must not keep the others from being taken.
    events.drainTo(waiting, Math.min(BATCH, Math.max(0, MAX_WAITING - waiting.size())));
  }

  /** Routes the events whose transactions the snapshot sees, and returns the others. */
  private List<ChangeEvent> route(List<ChangeEvent> batch) throws SQLException {
    List<ChangeEvent> invisible = new ArrayList<>();
    List<ChangeEvent> whole = new ArrayList<>();
    List<ChangeEvent.Row> rows = new ArrayList<>();
    List<Affected> affected;
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      for (ChangeEvent event : batch) {
        if (!isVisible(event.cause(), session.snapshot())) {
          invisible.add(event);
        } else if (event instanceof ChangeEvent.Row row) {
          rows.add(row);
        } else {
          whole.add(event);
        }
      }
      affected = affected(session, rows, whole);
    }
    // All or nothing: only once every statement has succeeded is anything marked or released.
    request(whole);
    requestWholly(rows);
    mark(rows, affected);
    metrics.count(rows, affected);
    rows.forEach(row -> row.cause().release());
    whole.forEach(event -> event.cause().release());
    return invisible;
  }

  /** Moves the rows that cannot be routed from {@code rows} to {@code whole}. */
  private List<Affected> affected(
      SnapshotSession session, List<ChangeEvent.Row> rows, List<ChangeEvent> whole)
      throws SQLException {
    while (!rows.isEmpty()) {
      Savepoint before = session.connection().setSavepoint();
      try {
        List<RowChange> changes = rows.stream().map(ChangeEvent.Row::change).toList();
        return models.affected(session.connection(), changes);
      } catch (SQLException e) {
        if (!isMisfit(e)) {
          throw e;
        }
        session.connection().rollback(before);
        LOG.atError()
            .setCause(e)
            .addKeyValue("rows", rows.size())
            .log("The read models no longer fit the database; resyncing what reads these tables");
        whole.addAll(rows);
        rows.clear();
      } catch (IncompleteImageException e) {
        LOG.atWarn()
            .addKeyValue("cause", e.getMessage())
            .addKeyValue("rows", e.changes().size())
            .log("Rows came without what leads to their documents; resyncing their models");
        for (int index : e.changes().stream().sorted(Comparator.reverseOrder()).toList()) {
          whole.add(rows.remove(index));
        }
      }
    }
    return List.of();
  }

  /** Whether the database will give the same answer for ever: no such column, no such value. */
  private static boolean isMisfit(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("22") || state.startsWith("42"));
  }

  private static boolean isVisible(Cause cause, Snapshot snapshot) {
    long xid = snapshot.widen(cause.xid32());
    cause.widened(xid);
    return snapshot.sees(xid);
  }

  private void request(List<ChangeEvent> whole) {
    Map<TableName, String> reasons = new HashMap<>();
    for (ChangeEvent event : whole) {
      switch (event) {
        case ChangeEvent.Truncate truncate -> reasons.put(truncate.table(), "table truncated");
        case ChangeEvent.Row row -> reasons.put(row.change().table(), "row could not be routed");
      }
    }
    reasons.forEach((table, reason) ->
        register.request(models.reading(table).stream().map(ReadModel::name).toList(), reason));
  }

  /** Changes of which each concerns every document of a model, as if its table was truncated. */
  private void requestWholly(List<ChangeEvent.Row> rows) {
    Set<TableName> tables = new HashSet<>();
    rows.forEach(row -> tables.add(row.change().table()));
    for (TableName table : tables) {
      List<String> names = models.dependingWholly(table).stream().map(ReadModel::name).toList();
      if (!names.isEmpty()) {
        register.request(names, "a row of " + table + " changed");
      }
    }
  }

  private void mark(List<ChangeEvent.Row> rows, List<Affected> affected) {
    Map<Cause, List<DocumentKey>> byCause = new HashMap<>();
    for (Affected one : affected) {
      byCause
          .computeIfAbsent(rows.get(one.change()).cause(), cause -> new ArrayList<>())
          .add(one.key());
    }
    byCause.forEach((cause, keys) -> dirty.mark(keys, cause));
  }
}
