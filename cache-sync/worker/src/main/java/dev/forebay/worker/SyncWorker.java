package dev.forebay.worker;

import dev.forebay.kv.KvClient;
import dev.forebay.ledger.Intent;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.worker.build.DocumentBuilder;
import dev.forebay.worker.capture.Capture;
import dev.forebay.worker.capture.ChangeEvent;
import dev.forebay.worker.capture.Outlet;
import dev.forebay.worker.capture.ReplicationSetup;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.DirtyState;
import dev.forebay.worker.dirty.Lane;
import dev.forebay.worker.dirty.RetryDelay;
import dev.forebay.worker.lag.DatabaseClock;
import dev.forebay.worker.lag.SyncLag;
import dev.forebay.worker.lease.LeaderLease;
import dev.forebay.worker.lease.OpenCalls;
import dev.forebay.worker.publish.DeadLetterRetries;
import dev.forebay.worker.publish.LedgerStore;
import dev.forebay.worker.publish.PublishConfig;
import dev.forebay.worker.publish.PublishMetrics;
import dev.forebay.worker.publish.Publisher;
import dev.forebay.worker.publish.Reassertions;
import dev.forebay.worker.publish.SuspectRepair;
import dev.forebay.worker.resync.FanOutJobs;
import dev.forebay.worker.resync.Pace;
import dev.forebay.worker.resync.Resyncs;
import dev.forebay.worker.route.LedgerRequests;
import dev.forebay.worker.route.Routing;
import dev.forebay.worker.route.RoutingMetrics;
import dev.forebay.worker.source.PostgresSource;
import dev.forebay.worker.source.Source;
import dev.forebay.worker.spend.HeldDocuments;
import dev.forebay.worker.spend.Spending;
import dev.forebay.worker.verify.AtWork;
import dev.forebay.worker.verify.RollingVerification;
import dev.forebay.worker.verify.Sides;
import dev.forebay.worker.verify.VerifyRound;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps KV equal to the read models of one database, as long as its lease lasts.
 *
 * <p>Concurrency: one thread each for capture (and Debezium's own), routing, resyncs, wide
 * fan-outs, verification, the watch and what the ledger asks for, several for settling. Safe for
 * any thread.
 */
public final class SyncWorker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SyncWorker.class);

  private static final Duration CLAIM_PATIENCE = Duration.ofMillis(200);
  private static final long WATCH_MILLIS = 1_000;
  private static final long RATIONED_MILLIS = 50;
  private static final long LOOK_MILLIS = 500;
  private static final long DRAIN_LOOK_MILLIS = 20;
  private static final Duration UNHURRIED_LAG = Duration.ofSeconds(5);

  private final SyncConfig config;
  private final Ledger ledger;
  private final InstantSource clock = InstantSource.system();
  private final DatabaseClock databaseClock = new DatabaseClock(clock);
  private final long term;
  private final OpenCalls openCalls;
  private final SuspectRepair suspects;
  private final DeadLetterRetries retries;
  private final SyncLag lag;
  private final DirtyDocuments dirty;
  private final Reassertions reassertions;
  private final Spending spending;
  private final HeldDocuments held;
  private final Capture capture;
  private final Routing routing;
  private final Settler settler;
  private final Publisher publisher;
  private final Resyncs resyncs;
  private final ResyncGauges resyncGauges;
  private final FanOutJobs fanOuts;
  private final RollingVerification verification;
  private final KvClient kv;
  private final ReadModels models;
  private final CatalogWatch catalog;
  private final CompletableFuture<ReadModels> outdated = new CompletableFuture<>();
  private final CompletableFuture<Throwable> fatal = new CompletableFuture<>();
  private final Loops loops = new Loops(fatal::complete);
  private final WorkerHealth health;

  /**
   * Declares the models and puts the stages together; nothing runs until {@link #start}.
   *
   * @param lease is held: only a leader may declare models
   * @throws LedgerException if the database cannot be reached
   */
  public SyncWorker(SyncConfig config, SyncParts parts, LeaderLease lease) {
    this.config = config;
    this.ledger = parts.ledger();
    this.term = lease.term();
    this.models = parts.models();
    this.catalog = new CatalogWatch(parts.dataSource(), models, config.catalogInterval());
    lease.prove();
    String name = config.capture().instance().databaseName();
    RetryDelay delay =
        new RetryDelay(Duration.ofMillis(200), config.longestRetry(), RandomGenerator.getDefault());
    // One that has stopped is among the forgotten: it is resynced when it fits again.
    ledger
        .models()
        .forgetOthers(
            models.models().stream().map(ReadModel::name).toList(), models.stopped().keySet());
    for (ReadModel model : models.models()) {
      ledger.models().declare(model.name(), model.fingerprint());
    }
    ledger.models().remember(models.declaration());
    this.dirty = new DirtyDocuments(clock, config.dirtyCapacity());
    this.lag =
        new SyncLag(
            databaseClock,
            config.capture().heartbeatInterval(),
            this::oldestUnsettled,
            ledger.lease().settledThrough().orElseGet(clock::instant));
    ReplicationSetup setup =
        new ReplicationSetup(parts.dataSource(), name, models, ledger.models(), lease);
    BlockingQueue<ChangeEvent> events = new ArrayBlockingQueue<>(config.eventCapacity());
    this.capture =
        new Capture(
            config.capture(),
            setup,
            new Outlet(events, dirty::forgetVersions, models::trim),
            lag,
            databaseClock,
            delay);
    Source source = new PostgresSource(parts.dataSource(), models, catalog::hurry);
    RoutingMetrics routed = new RoutingMetrics(parts.metrics());
    this.routing =
        new Routing(
            new Routing.Parts(source, models, new LedgerRequests(ledger), dirty, events, routed),
            config.maxFanOut(),
            delay);
    DocumentBuilder builder = new DocumentBuilder(source, dirty, clock, delay);
    this.reassertions = new Reassertions(dirty, clock);
    this.openCalls = new OpenCalls(lease, ledger.suspects(), config.intentHorizon());
    this.suspects = new SuspectRepair(ledger.suspects(), term, dirty, this::isAbsent);
    this.retries = new DeadLetterRetries(ledger.deadLetters(), dirty, this::isAbsent);
    this.spending = Spending.capped(config.writesPerDay(), ledger, clock);
    this.held = new HeldDocuments(ledger, models, spending);
    this.publisher =
        new Publisher(
            new PublishConfig(
                config.capture().instance().keyPrefix(),
                ledger.history().id(),
                config.keySpacing(),
                config.intentHorizon()),
            new Publisher.Parts(
                new LedgerStore(ledger, term, openCalls, held),
                parts.kv(),
                models,
                dirty,
                reassertions,
                spending,
                PublishMetrics.in(parts.metrics())),
            clock,
            delay);
    this.settler = new Settler(dirty, builder, publisher, clock, config.longestRetry());
    this.resyncs =
        new Resyncs(
            parts.dataSource(),
            models,
            ledger,
            dirty,
            setup::resyncFrom,
            new Pace(config.resyncRate(), System::nanoTime),
            spending,
            config.sweepGrace());
    this.fanOuts = new FanOutJobs(parts.dataSource(), models, ledger, dirty, routed);
    this.kv = parts.kv();
    this.verification =
        new RollingVerification(
            new Sides(
                parts.dataSource(), models, ledger, kv, config.capture().instance().keyPrefix()),
            config.verify(),
            keys -> new AtWork.Now(dirty.dirtyOf(keys), lag.current()),
            this::isBusy,
            parts.metrics());
    this.health =
        new WorkerHealth(
            new WorkerHealth.Parts(
                capture, lag, dirty, routing, publisher, resyncs, spending, models, catalog, ledger,
                loops, fatal),
            config.longestStep(),
            term);
    this.resyncGauges = new ResyncGauges(parts.metrics());
    WorkerGauges.register(parts.metrics(), lag, dirty, capture, spending, ledger);
  }

  /** Starts the stages and returns at once. What an earlier worker left open is asserted first. */
  public void start() {
    List<Intent> open = ledger.intents().inherit(term);
    Cause cause = Cause.request();
    dirty.markRemembered(
        open.stream().map(Intent::key).filter(key -> models.find(key.model()).isPresent()).toList(),
        cause);
    cause.close();
    for (int i = 0; i < config.settlers(); i++) {
      int number = i;
      loops.startWatched("settle-" + i, () -> settle(number));
    }
    loops.startWatched("route", routing::step);
    loops.start("resync", resyncs::step);
    loops.start("fan-out", fanOuts::step);
    if (config.verify().isOn()) {
      loops.start("verify", verification::step);
    }
    loops.start("watch", this::watch);
    if (!models.declaration().isEmpty()) {
      loops.start("catalog", () -> catalog.step().ifPresent(outdated::complete));
    }
    loops.start("asked", this::lookAtLedger);
    capture.start();
  }

  /**
   * Builds and publishes one batch. The second settler takes live changes alone, so that one is
   * always there for them; the first what was requested, or everything where KV has no call for the
   * second; the others help where whole batches wait. Where KV lets fewer calls through than there
   * are settlers, the last ones rest: documents that wait are coalesced, and go with fewer calls.
   */
  private void settle(int number) throws InterruptedException {
    int calls = kv.readyRequests();
    if (calls <= number) {
      TimeUnit.MILLISECONDS.sleep(RATIONED_MILLIS);
      return;
    }
    Lane lane =
        switch (number) {
          case 0 -> calls == 1 ? Lane.ALL : Lane.REQUESTED;
          case 1 -> Lane.LIVE;
          default -> Lane.BACKLOG;
        };
    settler.turn(config.batch(), lane, CLAIM_PATIENCE);
  }

  /** Whether documents wait, so that what can wait for them does. */
  private boolean isBusy() {
    return dirty.waiting() > config.batch()
        || kv.readyRequests() <= config.settlers()
        || lag.current().compareTo(UNHURRIED_LAG) > 0;
  }

  private void watch() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
    reassertions.step();
    resyncGauges.show(resyncs.status());
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

  /** What another worker or a person has put into the ledger for the leader to do. */
  private void lookAtLedger() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    try {
      suspects.step();
      retries.step();
      held.step();
      spending.tell(ledger);
    } catch (LedgerException.LeaseLost e) {
      throw e;
    } catch (LedgerException e) {
      LOG.atDebug().setCause(e).log("The ledger's requests could not be read");
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

  /**
   * Completes when the database no longer is what the models were compiled against, with the models
   * to go on with: {@link #retire} this worker and make another one.
   */
  CompletableFuture<ReadModels> outdated() {
    return outdated.copy();
  }

  /**
   * Whether a document's model has stopped, or was removed and is not swept yet: it waits, in KV
   * and in the ledger.
   */
  private boolean isAbsent(DocumentKey key) {
    return models.find(key.model()).isEmpty();
  }

  /** How far KV is behind the database. */
  public Duration syncLag() {
    return lag.current();
  }

  /** The worker now. Asks the ledger, so that it may block; never throws. */
  public SyncStatus status() {
    return health.status();
  }

  /** Where a document is on its way to KV; empty if it is not dirty. */
  public Optional<DirtyState> find(String kvKey) {
    return dirty.find(kvKey);
  }

  /** Those of the keys whose documents are dirty. */
  public Set<String> dirtyOf(Collection<String> kvKeys) {
    return dirty.dirtyOf(kvKeys);
  }

  /** The last round of this worker's own verification; empty before one is over. */
  public Optional<VerifyRound> verified() {
    return verification.last();
  }

  /** How many documents are dirty. */
  public int dirtyDocuments() {
    return dirty.size();
  }

  /** How many requests to KV could be sent now; 0: the budget is used up, or KV refuses all. */
  public int readyRequests() {
    return kv.readyRequests();
  }

  /** Why the worker cannot do its job now; empty if it can. Blocks for nothing. */
  public List<String> problems() {
    return health.problems();
  }

  /**
   * Reads no new transaction, settles and acknowledges those that were read, and ends every stage
   * that writes. Resyncs are left to the next worker; they are durable.
   *
   * @param grace how long to wait; zero to end the stages at once
   */
  public void drain(Duration grace) {
    long began = System.nanoTime();
    capture.drain();
    try {
      while (isSettling() && System.nanoTime() - began < grace.toNanos()) {
        TimeUnit.MILLISECONDS.sleep(DRAIN_LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    int left = capture.transactionsInFlight();
    loops.close();
    LOG.atLevel(left == 0 ? Level.INFO : Level.WARN)
        .addKeyValue("transactionsLeft", left)
        .addKeyValue("elapsed", Duration.ofNanos(System.nanoTime() - began))
        .log(
            left == 0
                ? "Everything that was read is acknowledged"
                : "What was read is not all settled; it will be delivered again");
  }

  private boolean isSettling() {
    return capture.isRunning() && capture.transactionsInFlight() > 0;
  }

  /**
   * Tells the ledger which calls may still reach KV, for the worker that leads now.
   *
   * @return how many keys
   * @throws LedgerException if it could not be told: try again
   */
  int recordSuspects() {
    return openCalls.record();
  }

  /** Stops every stage; what is not acknowledged will be delivered again. */
  @Override
  public void close() {
    retire();
  }

  /**
   * Stops every stage, as {@link #close} does.
   *
   * @return whether all have ended. Where not, a call to KV may still be made, and this worker's
   *     lease must not serve another one: try again
   */
  boolean retire() {
    capture.close();
    boolean ended = loops.close();
    try {
      spending.tell(ledger);
    } catch (LedgerException e) {
      LOG.atDebug().setCause(e).log("What was written lately was not recorded");
    }
    return ended;
  }
}
