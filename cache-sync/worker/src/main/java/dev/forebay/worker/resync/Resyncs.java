package dev.forebay.worker.resync;

import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.ModelRegister.Resync;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.DirtyDocuments;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Works off the resyncs that the ledger requests, and requests those that time brings: every key
 * that the model has now, and every key it ever published, is marked dirty. What is the same costs
 * no write; what no root owns any more is deleted.
 */
public final class Resyncs {

  /** A resync whose keys are marked and not all settled. */
  private record Running(Resync resync, Cause cause, long keys, long began) {}

  private static final Logger LOG = LoggerFactory.getLogger(Resyncs.class);
  private static final String REFRESH = "refresh";
  private static final int PAGE = 1_000;
  private static final long IDLE_MILLIS = 250;

  private final DataSource dataSource;
  private final ReadModels models;
  private final Ledger ledger;
  private final DirtyDocuments dirty;
  private final LongSupplier resyncFrom;
  private final RefreshTimer timer;
  private final Map<String, Running> running = new HashMap<>();

  /**
   * @param resyncFrom the oldest transaction that may still run when a resync looks, see
   *     ReplicationSetup
   */
  public Resyncs(
      DataSource dataSource,
      ReadModels models,
      Ledger ledger,
      DirtyDocuments dirty,
      LongSupplier resyncFrom) {
    this.dataSource = dataSource;
    this.models = models;
    this.ledger = ledger;
    this.dirty = dirty;
    this.resyncFrom = resyncFrom;
    this.timer = new RefreshTimer(models.models(), System::nanoTime);
  }

  /** Completes what is settled, begins what is due, and waits a moment. */
  public void step() throws InterruptedException {
    try {
      complete();
      refresh();
      List<Resync> due =
          ledger.models().due().stream()
              .filter(resync -> models.find(resync.model()).isPresent())
              .filter(resync -> !running.containsKey(resync.model()))
              .toList();
      if (!due.isEmpty() && isPastTransactionsInFlight()) {
        for (Resync resync : due) {
          begin(resync);
        }
      }
    } catch (SQLException | LedgerException e) {
      LOG.atWarn().setCause(e).log("Cannot look for resyncs; trying again");
    }
    TimeUnit.MILLISECONDS.sleep(IDLE_MILLIS);
  }

  /** What time alone may change is looked at like everything else that is in doubt. */
  private void refresh() {
    List<String> due = timer.due(running.keySet());
    if (!due.isEmpty()) {
      ledger.models().request(due, REFRESH);
      timer.asked(due);
    }
  }

  private void complete() {
    for (Running one : List.copyOf(running.values())) {
      if (one.cause.isSettled()) {
        ledger.models().complete(one.resync);
        running.remove(one.resync.model());
        LOG.atLevel(one.resync.reason().equals(REFRESH) ? Level.DEBUG : Level.INFO)
            .addKeyValue("model", one.resync.model())
            .addKeyValue("reason", one.resync.reason())
            .addKeyValue("keys", one.keys)
            .addKeyValue("elapsed", Duration.ofNanos(System.nanoTime() - one.began))
            .log("Resync complete");
      }
    }
  }

  /** A model that no longer fits the database must not hold the others back: it stays due. */
  private void begin(Resync resync) throws InterruptedException {
    long began = System.nanoTime();
    Cause cause = Cause.request();
    try {
      long keys = markPresent(models.find(resync.model()).orElseThrow(), cause);
      keys += markPublished(resync.model(), cause);
      running.put(resync.model(), new Running(resync, cause, keys, began));
    } catch (SQLException | LedgerException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("model", resync.model())
          .log("Resync failed; it starts again");
    } finally {
      cause.close();
    }
  }

  private boolean isPastTransactionsInFlight() throws SQLException {
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      return session.snapshot().xmin() >= resyncFrom.getAsLong();
    }
  }

  /** Marks what the model has now. A key that is missed because it appears later has an event. */
  private long markPresent(ReadModel model, Cause cause) throws SQLException, InterruptedException {
    long marked = 0;
    @Nullable DocumentKey after = null;
    while (true) {
      dirty.awaitRoomForRequests();
      List<DocumentKey> page;
      try (SnapshotSession session = SnapshotSession.open(dataSource)) {
        page = model.keys(session.connection(), after, PAGE);
      }
      dirty.mark(page, cause);
      marked += page.size();
      if (page.size() < PAGE) {
        return marked;
      }
      after = page.getLast();
    }
  }

  /** Marks what the ledger says KV holds, so that documents nobody owns are deleted. */
  private long markPublished(String model, Cause cause) throws InterruptedException {
    long marked = 0;
    String after = "";
    while (true) {
      dirty.awaitRoomForRequests();
      List<DocumentKey> page = ledger.documents().page(model, after, PAGE);
      dirty.markRemembered(page, cause);
      marked += page.size();
      if (page.size() < PAGE) {
        return marked;
      }
      after = page.getLast().kvKey();
    }
  }
}
