package dev.forebay.worker;

import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvException;
import dev.forebay.ledger.Intent;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.ModelRegister.Resync;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.worker.build.DocumentBuilder;
import dev.forebay.worker.capture.Capture;
import dev.forebay.worker.capture.ChangeEvent;
import dev.forebay.worker.capture.ReplicationSetup;
import dev.forebay.worker.capture.ReplicationSlot;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.Claim;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.RetryDelay;
import dev.forebay.worker.lag.DatabaseClock;
import dev.forebay.worker.lag.SyncLag;
import dev.forebay.worker.publish.PublishConfig;
import dev.forebay.worker.publish.PublishMetrics;
import dev.forebay.worker.publish.Publisher;
import dev.forebay.worker.publish.Reassertions;
import dev.forebay.worker.resync.Resyncs;
import dev.forebay.worker.route.Routing;
import dev.forebay.worker.route.RoutingMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps KV equal to the read models of one database.
 *
 * <p>Concurrency: one thread each for capture (and Debezium's own), routing, settling, resyncs and
 * the watch. Safe for any thread.
 */
public final class SyncWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SyncWorker.class);
  private static final Duration CLAIM_PATIENCE = Duration.ofMillis(200);
  private static final long WATCH_MILLIS = 1_000;

  private final SyncConfig config;
  private final Ledger ledger;
  private final InstantSource clock = InstantSource.system();
  private final DatabaseClock databaseClock = new DatabaseClock(clock);
  private final long term;
  private final SyncLag lag;
  private final DirtyDocuments dirty;
  private final Reassertions reassertions;
  private final Capture capture;
  private final Routing routing;
  private final DocumentBuilder builder;
  private final Publisher publisher;
  private final Resyncs resyncs;
  private final CompletableFuture<Throwable> fatal = new CompletableFuture<>();
  private final List<Loop> loops = new ArrayList<>();

  /**
   * Puts the stages together and takes the lease; nothing runs until {@link #start}.
   *
   * @param dataSource a pool on the primary, with at least four connections
   * @param models compiled against that database
   * @param ledger of the same database
   * @param kv where documents go; stays open when the worker is closed
   * @param metrics gets the worker's gauges and counters
   * @throws LedgerException if the database cannot be reached
   */
  public SyncWorker(
      SyncConfig config,
      DataSource dataSource,
      ReadModels models,
      Ledger ledger,
      KvClient kv,
      MeterRegistry metrics) {
    this.config = config;
    this.ledger = ledger;
    String name = config.capture().instance().databaseName();
    RetryDelay delay =
        new RetryDelay(Duration.ofMillis(200), config.longestRetry(), RandomGenerator.getDefault());
    ledger.models().forgetOthers(models.models().stream().map(ReadModel::name).toList());
    for (ReadModel model : models.models()) {
      ledger.models().declare(model.name(), model.fingerprint());
    }
    this.term = ledger.lease().take(config.holder());
    this.dirty = new DirtyDocuments(clock, config.dirtyCapacity());
    this.lag =
        new SyncLag(
            databaseClock,
            config.capture().heartbeatInterval(),
            this::oldestUnsettled,
            ledger.lease().settledThrough().orElseGet(clock::instant));
    ReplicationSetup setup = new ReplicationSetup(dataSource, name, models, ledger.models());
    BlockingQueue<ChangeEvent> events = new ArrayBlockingQueue<>(config.eventCapacity());
    this.capture = new Capture(config.capture(), setup, events, lag, databaseClock, delay);
    this.routing =
        new Routing(
            dataSource, models, ledger.models(), dirty, events, delay, new RoutingMetrics(metrics));
    this.builder = new DocumentBuilder(dataSource, models, dirty, clock, delay);
    this.reassertions = new Reassertions(dirty, clock);
    this.publisher =
        new Publisher(
            new PublishConfig(
                config.capture().instance().keyPrefix(),
                ledger.history().id(),
                term,
                config.keySpacing(),
                config.intentHorizon()),
            new Publisher.Parts(
                ledger, kv, models, dirty, reassertions, PublishMetrics.in(metrics)),
            clock,
            delay);
    this.resyncs = new Resyncs(dataSource, models, ledger, dirty, setup::resyncFrom);
    register(metrics);
  }

  /** Starts the stages and returns at once. What an earlier worker left open is asserted first. */
  public void start() {
    List<Intent> open = ledger.documents().open();
    Cause cause = Cause.request();
    dirty.markRemembered(open.stream().map(Intent::key).toList(), cause);
    cause.close();
    loops.add(new Loop("settle", this::settle, fatal::complete));
    loops.add(new Loop("route", routing::step, fatal::complete));
    loops.add(new Loop("resync", resyncs::step, fatal::complete));
    loops.add(new Loop("watch", this::watch, fatal::complete));
    capture.start();
  }

  private void settle() throws InterruptedException {
    List<Claim> claims = dirty.claim(config.batch(), CLAIM_PATIENCE);
    try {
      publisher.publish(builder.build(claims));
    } finally {
      // Whatever was thrown: a claim that stayed out would hold its transactions for ever.
      dirty.retryRest(claims, clock.instant().plus(config.longestRetry()));
    }
  }

  private void watch() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
    reassertions.step();
    Instant through = databaseClock.instant().minus(lag.current());
    try {
      ledger.lease().settledThrough(term, through);
    } catch (LedgerException.LeaseLost e) {
      throw e;
    } catch (LedgerException e) {
      // The database is away, which the other stages tell; the next round records more.
      LOG.atDebug().setCause(e).log("Progress was not recorded");
    }
  }

  private Optional<Instant> oldestUnsettled() {
    return Stream.of(capture.oldestUnsettled(), dirty.oldestCommit())
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  /**
   * Completes when the worker cannot go on: with {@link LedgerException.LeaseLost} if another one
   * leads, or with the {@link Error} that a stage met. Close it and end the process.
   */
  public CompletableFuture<Throwable> fatal() {
    return fatal.copy();
  }

  /** How far KV is behind the database. */
  public Duration syncLag() {
    return lag.current();
  }

  /** The worker now. Asks the ledger, so that it may block; never throws. */
  public SyncStatus status() {
    ReplicationSlot.@Nullable State slot = capture.slotState();
    List<String> problems = problems();
    long deadLetters = -1;
    Map<String, String> due = Map.of();
    Map<String, Long> documents = Map.of();
    try {
      deadLetters = ledger.deadLetters().count();
      due = ledger.models().due().stream().collect(Collectors.toMap(Resync::model, Resync::reason));
      documents = ledger.documents().countByModel();
    } catch (LedgerException e) {
      problems.add("the ledger cannot be read: " + e.getMessage());
    }
    return new SyncStatus(
        lag.current(),
        List.copyOf(problems),
        capture.isRunning(),
        slot == null ? null : slot.confirmed(),
        slot == null ? -1 : slot.retainedBytes(),
        capture.transactionsInFlight(),
        dirty.size(),
        deadLetters,
        due,
        documents,
        term);
  }

  /** Why the worker cannot do its job now; empty if it can. Blocks for nothing. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    Throwable end = fatal.getNow(null);
    if (end != null) {
      problems.add(
          end instanceof LedgerException.LeaseLost
              ? "another worker has taken the lease"
              : "a stage has ended: " + end);
    }
    if (!capture.isRunning()) {
      problems.add("the log is not being read");
    } else if (!lag.isCaughtUp()) {
      problems.add("no heartbeat has come through the log lately");
    }
    if (routing.isFailing()) {
      problems.add("changes cannot be routed; the log says why");
    }
    KvException failure = publisher.failure();
    if (failure != null) {
      problems.add("KV does not accept documents: " + failure.getMessage());
    }
    return problems;
  }

  private void register(MeterRegistry metrics) {
    Gauge.builder("forebay.sync.lag", () -> lag.current().toNanos() / 1e9)
        .baseUnit("seconds")
        .description("Age of the oldest committed change that is not in KV")
        .register(metrics);
    Gauge.builder("forebay.dirty.documents", dirty::size)
        .description("Documents that must be built again")
        .register(metrics);
    Gauge.builder("forebay.transactions.inflight", capture::transactionsInFlight)
        .description("Transactions of the log that are not acknowledged")
        .register(metrics);
    Gauge.builder("forebay.slot.retained", this::retainedBytes)
        .baseUnit("bytes")
        .description("Log that PostgreSQL keeps for the replication slot")
        .register(metrics);
    Gauge.builder("forebay.dead.letters", () -> known(() -> ledger.deadLetters().count()))
        .description("Documents that cannot be published")
        .register(metrics);
    Gauge.builder("forebay.resyncs.due", () -> known(() -> ledger.models().due().size()))
        .description("Models whose documents are being marked again")
        .register(metrics);
  }

  private double retainedBytes() {
    ReplicationSlot.@Nullable State slot = capture.slotState();
    return slot == null ? Double.NaN : slot.retainedBytes();
  }

  /** What the ledger counts; unknown while it cannot be asked. */
  private static double known(LongSupplier count) {
    try {
      return count.getAsLong();
    } catch (LedgerException e) {
      return Double.NaN;
    }
  }

  /** Stops every stage; what is not acknowledged will be delivered again. */
  @Override
  public void close() {
    capture.close();
    loops.reversed().forEach(Loop::close);
  }
}
