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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works off the resyncs that the ledger requests: every key that the model has now, and every key
 * it ever published, is marked dirty. What is the same costs no write; what no root owns any more
 * is deleted.
 */
public final class Resyncs {

  private static final Logger LOG = LoggerFactory.getLogger(Resyncs.class);
  private static final int PAGE = 1_000;
  private static final long IDLE_MILLIS = 500;

  private final DataSource dataSource;
  private final ReadModels models;
  private final Ledger ledger;
  private final DirtyDocuments dirty;
  private final LongSupplier resyncFrom;

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
  }

  /** Works off the resyncs that are due, or waits a moment. One that fails stays due. */
  public void step() throws InterruptedException {
    boolean worked = false;
    try {
      List<Resync> due =
          ledger.models().due().stream()
              .filter(resync -> models.find(resync.model()).isPresent())
              .toList();
      if (!due.isEmpty() && isPastTransactionsInFlight()) {
        for (Resync resync : due) {
          worked |= attempt(resync);
        }
      }
    } catch (SQLException | LedgerException e) {
      LOG.atWarn().setCause(e).log("Cannot look for resyncs; trying again");
    }
    if (!worked) {
      TimeUnit.MILLISECONDS.sleep(IDLE_MILLIS);
    }
  }

  /** A model that no longer fits the database must not hold the others back. */
  private boolean attempt(Resync resync) throws InterruptedException {
    try {
      run(resync);
      return true;
    } catch (SQLException | LedgerException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("model", resync.model())
          .log("Resync failed; it starts again");
      return false;
    }
  }

  private boolean isPastTransactionsInFlight() throws SQLException {
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      return session.snapshot().xmin() >= resyncFrom.getAsLong();
    }
  }

  private void run(Resync resync) throws SQLException, InterruptedException {
    long began = System.nanoTime();
    Cause cause = Cause.request();
    long keys;
    try {
      keys = markPresent(models.find(resync.model()).orElseThrow(), cause);
      keys += markPublished(resync.model(), cause);
    } finally {
      cause.close();
    }
    cause.awaitSettled();
    ledger.models().complete(resync);
    LOG.atInfo()
        .addKeyValue("model", resync.model())
        .addKeyValue("reason", resync.reason())
        .addKeyValue("keys", keys)
        .addKeyValue("elapsed", Duration.ofNanos(System.nanoTime() - began))
        .log("Resync complete");
  }

  /** Marks what the model has now. A key that is missed because it appears later has an event. */
  private long markPresent(ReadModel model, Cause cause) throws SQLException, InterruptedException {
    long marked = 0;
    @Nullable DocumentKey after = null;
    while (true) {
      dirty.awaitRoom();
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
      dirty.awaitRoom();
      List<DocumentKey> page = ledger.documents().page(model, after, PAGE);
      dirty.mark(page, cause);
      marked += page.size();
      if (page.size() < PAGE) {
        return marked;
      }
      after = page.getLast().kvKey();
    }
  }
}
