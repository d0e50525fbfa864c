package dev.forebay.worker.resync;

import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.ModelRegister.Resync;
import dev.forebay.ledger.ResyncProgress.Phase;
import dev.forebay.ledger.ResyncProgress.Reached;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Snapshot;
import dev.forebay.model.SnapshotSession;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.spend.Spending;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * no write; what no root owns any more is deleted. Models take turns, page by page.
 *
 * <p>Concurrency: one thread takes the steps; {@link #status} is safe for any.
 */
public final class Resyncs {

  private static final Logger LOG = LoggerFactory.getLogger(Resyncs.class);
  private static final String REFRESH = "refresh";
  private static final int PAGE = 1_000;
  private static final long IDLE_MILLIS = 250;
  private static final long BUSY_MILLIS = 20;
  private static final long SWEEP_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long TELL_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  private final DataSource dataSource;
  private final ReadModels models;
  private final Ledger ledger;
  private final DirtyDocuments dirty;
  private final LongSupplier resyncFrom;
  private final RefreshTimer timer;
  private final Pace pace;
  private final Spending spending;
  private final Duration grace;
  private long toldAt = System.nanoTime();
  private long sweptAt = System.nanoTime() - SWEEP_NANOS;
  private final Map<String, ResyncRun> running = new LinkedHashMap<>();
  private final Map<String, Long> failedAt = new HashMap<>();
  private volatile Map<String, ResyncStatus> status = Map.of();

  /**
   * @param resyncFrom the oldest transaction that may still run when a resync looks, see
   *     ReplicationSetup
   * @param pace how fast documents may be marked
   * @param spending what the day's cap keeps waiting
   * @param grace how long documents stay in KV whose model the file declares no more
   */
  public Resyncs(
      DataSource dataSource,
      ReadModels models,
      Ledger ledger,
      DirtyDocuments dirty,
      LongSupplier resyncFrom,
      Pace pace,
      Spending spending,
      Duration grace) {
    this.dataSource = dataSource;
    this.models = models;
    this.ledger = ledger;
    this.dirty = dirty;
    this.resyncFrom = resyncFrom;
    this.pace = pace;
    this.spending = spending;
    this.grace = grace;
    this.timer = new RefreshTimer(models.models(), System::nanoTime);
  }

  /** The resyncs that are under way, by model, as of the last step. */
  public Map<String, ResyncStatus> status() {
    return status;
  }

  /** Completes what is settled, begins what is due, marks a page of each, and waits a moment. */
  public void step() throws InterruptedException {
    boolean busy = false;
    try {
      complete();
      refresh();
      sweepRemoved();
      begin();
      busy = mark();
    } catch (SQLException | LedgerException e) {
      LOG.atWarn().setCause(e).log("Cannot look for resyncs; trying again");
    }
    publishStatus();
    tell();
    if (!busy) {
      TimeUnit.MILLISECONDS.sleep(running.isEmpty() ? IDLE_MILLIS : BUSY_MILLIS);
    }
  }

  /** How far those are that take long. */
  private void tell() {
    long now = System.nanoTime();
    if (now - toldAt < TELL_NANOS) {
      return;
    }
    toldAt = now;
    for (ResyncRun run : running.values()) {
      ResyncStatus far = run.status();
      if (run.elapsed().toNanos() > TELL_NANOS) {
        LOG.atInfo()
            .addKeyValue("model", run.resync().model())
            .addKeyValue("documents", far.settled())
            .addKeyValue("of", far.total())
            .addKeyValue("perSecond", Math.round(far.perSecond()))
            .log("Resync under way");
      }
    }
  }

  private void publishStatus() {
    Map<String, ResyncStatus> now = new HashMap<>();
    running.forEach((model, run) -> now.put(model, run.status()));
    status = Map.copyOf(now);
  }

  /** What time alone may change is looked at like everything else that is in doubt. */
  private void refresh() {
    List<String> due = timer.due(running.keySet());
    if (!due.isEmpty()) {
      ledger.models().request(due, REFRESH);
      timer.asked(due);
    }
  }

  /** A model that was removed by mistake can be put back for a while. */
  private void sweepRemoved() {
    long now = System.nanoTime();
    if (now - sweptAt > SWEEP_NANOS) {
      sweptAt = now;
      for (String model : ledger.models().sweepRemoved(grace)) {
        LOG.atInfo()
            .addKeyValue("model", model)
            .log("A model was removed from forebay.yaml; deleting its documents");
      }
    }
  }

  private void complete() {
    for (ResyncRun run : List.copyOf(running.values())) {
      if (run.settle()) {
        Resync resync = run.resync();
        ledger.models().complete(resync);
        running.remove(resync.model());
        LOG.atLevel(resync.reason().equals(REFRESH) ? Level.DEBUG : Level.INFO)
            .addKeyValue("model", resync.model())
            .addKeyValue("reason", resync.reason())
            .addKeyValue("documents", run.documents())
            .addKeyValue("held", spending.held(resync.model()))
            .addKeyValue("elapsed", run.elapsed())
            .log("Resync complete");
      }
    }
  }

  private void begin() throws SQLException {
    // First: what is requested until the log is ready is then among what is due, and done once.
    long from = resyncFrom.getAsLong();
    List<Resync> all = ledger.models().due();
    List<Resync> due =
        all.stream()
            .filter(resync -> models.find(resync.model()).isPresent() != resync.sweep())
            .filter(resync -> !running.containsKey(resync.model()))
            .filter(resync -> !hasJustFailed(resync.model()))
            .toList();
    for (Resync resync : due) {
      @Nullable ReadModel model = models.find(resync.model()).orElse(null);
      Optional<Reached> start = Optional.empty();
      try {
        start = reached(resync, model, from);
      } catch (SQLException e) {
        // It no longer fits the database: that must not hold the others back. It stays due.
        failed(resync, e);
      }
      start.ifPresent(point ->
          running.put(
              resync.model(), new ResyncRun(resync, model, dataSource, ledger, dirty, point)));
    }
    for (Resync resync : all) {
      ResyncRun run = running.get(resync.model());
      if (run != null) {
        run.pace().rate(resync.rate() == null ? 0 : resync.rate());
      }
    }
  }

  /** Where a resync goes on, or begins; empty while transactions run that it must not miss. */
  private Optional<Reached> reached(Resync resync, @Nullable ReadModel model, long from)
      throws SQLException {
    Optional<Reached> before = ledger.resyncProgress().find(resync);
    if (before.isPresent()) {
      return before;
    }
    Snapshot now;
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      now = session.snapshot();
    }
    // Asked again: a slot that is being made anew since then must not be overtaken.
    if (now.xmin() < Math.max(from, resyncFrom.getAsLong())) {
      return Optional.empty();
    }
    Phase first = model == null ? Phase.PUBLISHED : Phase.PRESENT;
    Reached start = new Reached(now, first, null, 0, total(resync, model));
    ledger.resyncProgress().record(resync, start);
    return Optional.of(start);
  }

  /** About how many documents there are; 0 if that is not to be had soon. */
  private long total(Resync resync, @Nullable ReadModel model) {
    if (model == null) {
      return ledger.documents().countByModel().getOrDefault(resync.model(), 0L);
    }
    if (resync.reason().equals(REFRESH)) {
      return 0; // nobody asks how long it takes
    }
    try (SnapshotSession session = SnapshotSession.open(dataSource);
        Statement statement = session.connection().createStatement()) {
      statement.execute("set local statement_timeout = '5s'");
      return model.count(session.connection());
    } catch (SQLException e) {
      LOG.atDebug().setCause(e).addKeyValue("model", model.name()).log("Cannot count");
      return 0;
    }
  }

  /** Marks a page of each; returns whether any. */
  private boolean mark() {
    boolean any = false;
    for (ResyncRun run : List.copyOf(running.values())) {
      int page = Math.min(pace.page(PAGE), run.pace().page(PAGE));
      // What the day's cap cannot take now would only be built in vain.
      boolean waits = run.marksPresent() && spending.held(run.resync().model()) >= PAGE;
      if (page > 0 && !waits && run.wantsMore()) {
        try {
          int marked = run.mark(page);
          pace.took(marked);
          run.pace().took(marked);
          any = true;
          // The next turn begins with the others.
          running.remove(run.resync().model());
          running.put(run.resync().model(), run);
        } catch (SQLException | LedgerException e) {
          // It goes on where everything is settled; what is marked already stays so.
          running.remove(run.resync().model());
          failed(run.resync(), e);
        }
      }
    }
    return any;
  }

  private boolean hasJustFailed(String model) {
    Long at = failedAt.get(model);
    return at != null && System.nanoTime() - at < RETRY_NANOS;
  }

  private void failed(Resync resync, Exception e) {
    failedAt.put(resync.model(), System.nanoTime());
    LOG.atWarn()
        .setCause(e)
        .addKeyValue("model", resync.model())
        .log("Resync failed; it goes on later");
  }
}
