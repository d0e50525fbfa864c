package dev.forebay.worker.route;

import dev.forebay.ledger.LedgerException;
import dev.forebay.model.Affected;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.IncompleteImageException;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.model.Snapshot;
import dev.forebay.model.TableName;
import dev.forebay.worker.capture.ChangeEvent;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.RetryDelay;
import dev.forebay.worker.source.Misfit;
import dev.forebay.worker.source.Source;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
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
 * <p>What cannot be named one by one becomes a durable request, so that the log may move on: a
 * truncated table, a row of which a model depends wholly, a row without the images that lead to its
 * documents resync the models that read the table; a row that touches too many documents is a
 * fan-out of its own.
 */
public final class Routing {

  private static final Logger LOG = LoggerFactory.getLogger(Routing.class);
  private static final int BATCH = 2_000;

  private static final int MAX_WAITING = 20_000;
  private static final long IDLE_MILLIS = 200;
  private static final long INVISIBLE_MILLIS = 2;

  private final Source source;
  private final ReadModels models;
  private final Requests requests;
  private final DirtyDocuments dirty;
  private final BlockingQueue<ChangeEvent> events;
  private final int maxFanOut;
  private final RetryDelay delay;
  private final RoutingMetrics metrics;
  private List<ChangeEvent> waiting = new ArrayList<>();
  private int most = BATCH;
  private int failures;
  private volatile boolean failing;

  /**
   * Everything that routing works with.
   *
   * @param requests what is asked for that cannot be marked at once
   * @param events what capture delivers
   */
  public record Parts(
      Source source,
      ReadModels models,
      Requests requests,
      DirtyDocuments dirty,
      BlockingQueue<ChangeEvent> events,
      RoutingMetrics metrics) {}

  /**
   * @param maxFanOut documents that are marked at once
   */
  public Routing(Parts parts, int maxFanOut, RetryDelay delay) {
    this.source = parts.source();
    this.models = parts.models();
    this.requests = parts.requests();
    this.dirty = parts.dirty();
    this.events = parts.events();
    this.metrics = parts.metrics();
    this.maxFanOut = maxFanOut;
    this.delay = delay;
  }

  /** Routes what is there, or waits a moment for something. Events that fail are kept. */
  public void step() throws InterruptedException {
    dirty.awaitRoom();
    if (waiting.isEmpty()) {
      ChangeEvent first = events.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
      if (first == null) {
        return;
      }
      waiting.add(first);
    }
    try {
      boolean moved = turn();
      failures = 0;
      failing = false;
      if (!moved) {
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

  /**
   * Routes what is there, without waiting. Events stay where it throws.
   *
   * @return whether any event is done
   */
  public boolean turn() throws SQLException {
    // Those that wait for a snapshot to see them must not keep the others from being taken.
    events.drainTo(waiting, Math.min(BATCH, Math.max(0, MAX_WAITING - waiting.size())));
    int before = waiting.size();
    if (before > 0) {
      waiting = route(waiting);
    }
    return waiting.size() < before;
  }

  /** Whether the last round failed. */
  public boolean isFailing() {
    return failing;
  }

  /** What one turn does with its events. */
  private record Turn(
      List<ChangeEvent.Row> rows,
      List<ChangeEvent> whole,
      List<RowChange> wide,
      List<ChangeEvent> later) {}

  /** Routes what the snapshot sees, as far as it is not too much for one turn; returns the rest. */
  private List<ChangeEvent> route(List<ChangeEvent> batch) throws SQLException {
    Turn now = new Turn(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    List<ChangeEvent> done = new ArrayList<>();
    List<Affected> affected;
    try (Source.Session session = source.open()) {
      for (ChangeEvent event : batch) {
        if (!isVisible(event.cause(), session.snapshot())) {
          now.later.add(event);
        } else if (!(event instanceof ChangeEvent.Row row)) {
          now.whole.add(event);
        } else if (now.rows.size() < most) {
          now.rows.add(row);
        } else {
          now.later.add(row);
        }
      }
      affected = affected(session, now, done);
    }
    // All or nothing: only once every statement has succeeded is anything marked or released.
    request(now.whole);
    requestWholly(now.rows);
    if (!now.wide.isEmpty()) {
      requests.fanOut(now.wide);
    }
    mark(now.rows, affected);
    metrics.count(now.rows, affected);
    done.addAll(now.rows);
    done.addAll(now.whole);
    done.forEach(event -> event.cause().release());
    return now.later;
  }

  /**
   * Finds the documents of the turn's rows. Rows that cannot be routed move to {@code whole}, one
   * that touches too many documents to {@code wide}; where the rows together do, half of them are
   * left for later.
   *
   * @param done gets the events of {@code wide}
   */
  private List<Affected> affected(Source.Session session, Turn now, List<ChangeEvent> done)
      throws SQLException {
    List<ChangeEvent.Row> rows = now.rows;
    while (!rows.isEmpty()) {
      try {
        List<RowChange> changes = rows.stream().map(ChangeEvent.Row::change).toList();
        List<Affected> affected = session.affected(changes, maxFanOut);
        if (affected.size() <= maxFanOut) {
          most = Math.min(BATCH, most * 2);
          return affected;
        }
        if (rows.size() == 1) {
          done.addAll(rows);
          changes.forEach(change -> now.wide.add(models.trim(change)));
          requestWholly(rows);
          metrics.changed(changes.getFirst().table());
          rows.clear();
          return List.of();
        }
        most = rows.size() / 2;
        List<ChangeEvent.Row> rest = rows.subList(most, rows.size());
        now.later.addAll(0, rest);
        rest.clear();
      } catch (SQLException e) {
        if (!Misfit.is(e)) {
          throw e;
        }
        LOG.atError()
            .setCause(e)
            .addKeyValue("rows", rows.size())
            .log("The read models no longer fit the database; resyncing what reads these tables");
        now.whole.addAll(rows);
        rows.clear();
      } catch (IncompleteImageException e) {
        LOG.atWarn()
            .addKeyValue("cause", e.getMessage())
            .addKeyValue("rows", e.changes().size())
            .log("Rows came without what leads to their documents; resyncing their models");
        for (int index : e.changes().stream().sorted(Comparator.reverseOrder()).toList()) {
          now.whole.add(rows.remove(index));
        }
      }
    }
    return List.of();
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
        requests.resync(models.reading(table).stream().map(ReadModel::name).toList(), reason));
  }

  /** Changes of which each concerns every document of a model, as if its table was truncated. */
  private void requestWholly(List<ChangeEvent.Row> rows) {
    Set<TableName> tables = new HashSet<>();
    rows.forEach(row -> tables.add(row.change().table()));
    for (TableName table : tables) {
      List<String> names = models.dependingWholly(table).stream().map(ReadModel::name).toList();
      if (!names.isEmpty()) {
        requests.resync(names, "a row of " + table + " changed");
      }
    }
  }

  private void mark(List<ChangeEvent.Row> rows, List<Affected> affected) {
    // In the order of the log: by identity, one seed would not repeat one simulation.
    Map<Cause, List<DocumentKey>> byCause = new LinkedHashMap<>();
    for (Affected one : affected) {
      byCause
          .computeIfAbsent(rows.get(one.change()).cause(), cause -> new ArrayList<>())
          .add(one.key());
    }
    byCause.forEach((cause, keys) -> dirty.mark(keys, cause));
  }
}
