package dev.forebay.ops.start;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.KvPrice;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.ledger.Lease;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.ops.admin.Check;
import dev.forebay.ops.admin.KeyDesk;
import dev.forebay.ops.admin.StatusReport;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.KvTarget;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.config.SyncSettings;
import dev.forebay.worker.Leadership;
import dev.forebay.worker.SyncConfig;
import dev.forebay.worker.SyncParts;
import dev.forebay.worker.SyncStatus;
import dev.forebay.worker.SyncWorker;
import dev.forebay.worker.capture.CaptureConfig;
import dev.forebay.worker.capture.DatabaseAddress;
import dev.forebay.worker.lease.LeaderLease;
import dev.forebay.worker.lease.LeaseTiming;
import dev.forebay.worker.resync.ResyncStatus;
import dev.forebay.worker.spend.MonthSpend;
import dev.forebay.worker.spend.SpendStatus;
import dev.forebay.worker.verify.VerifyConfig;
import dev.forebay.worker.verify.VerifyRound;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sync worker with all it needs, leading or standing by. Safe for any thread. */
public final class SyncProcess {

  private static final Logger LOG = LoggerFactory.getLogger(SyncProcess.class);

  /** Of so many requests to KV one may be the worker's own verification. */
  private static final int VERIFY_SHARE = 50;

  private static final Duration LOCAL_SPACING = Duration.ofMillis(100);

  private final SyncSettings settings;
  private final ReadModels models;
  private final HikariDataSource pool;
  private final Ledger ledger;
  private final LeaderLease lease;
  private final Leadership leadership;
  private final KvMeter meter;

  /**
   * Looks at everything the worker needs, then lets it stand by, and lead when nobody else does. A
   * model that has fitted the database once and does not any more is left out until it does.
   *
   * @param lifetime closes what is opened here, and is told if the worker cannot go on
   * @throws InvalidSetupException with all that is wrong with database, file and KV; nothing has
   *     been changed
   */
  public SyncProcess(SyncSettings settings, MeterRegistry metrics, Lifetime lifetime)
      throws Exception {
    this.settings = settings;
    this.meter = new KvMeter(metrics);
    KvNamespace namespace = new KvNamespace(settings.kv());
    Database database = new Database(settings.database());
    this.models = preflight(namespace);
    this.pool = lifetime.open("database pool", () -> database.pool("forebay-sync"));
    Schema.migrate(pool, settings.instance());
    this.ledger = Ledger.open(pool, settings.instance());
    HikariDataSource leasePool = lifetime.open("lease pool", database::leasePool);
    this.lease =
        new LeaderLease(
            Ledger.open(leasePool, settings.instance()).lease(),
            ManagementFactory.getRuntimeMXBean().getName(),
            LeaseTiming.standard(),
            System::nanoTime,
            InstantSource.system());
    CloudflareKvClient kv = lifetime.open("kv", () -> namespace.open(meter, lease));
    SyncParts parts = new SyncParts(pool, models, ledger, kv, metrics);
    this.leadership =
        lifetime.open(
            "sync worker", () -> new Leadership(config(namespace), parts, lease, settings.drain()));
    leadership.start();
    Thread.ofVirtual().name("sync-end").start(() -> watchEnd(lifetime));
  }

  private ReadModels preflight(KvNamespace namespace) throws SQLException {
    ModelsSettings looked =
        new ModelsSettings(settings.database(), settings.instance(), settings.models());
    List<Problem> problems = new ArrayList<>();
    ReadModels compiled = null;
    try {
      SetupCheck check = SetupCheck.ofStart(looked);
      problems.addAll(check.errors());
      compiled = check.models();
      for (Problem warning : check.warnings()) {
        LOG.atWarn().addKeyValue("warning", warning).log("The set-up has a risk");
      }
    } catch (InvalidSetupException e) {
      problems.addAll(e.problems());
    }
    namespace.check().ifPresent(problems::add);
    if (!problems.isEmpty() || compiled == null) {
      throw new InvalidSetupException(problems);
    }
    compiled
        .stopped()
        .forEach((model, reason) ->
            LOG.atError()
                .addKeyValue("model", model)
                .addKeyValue("reason", reason)
                .log("A model no longer fits the database and stops; the others go on"));
    return compiled;
  }

  private SyncConfig config(KvNamespace namespace) {
    DatabaseConfig database = settings.database();
    DatabaseAddress address =
        new DatabaseAddress(
            database.host(),
            database.port(),
            database.name(),
            database.user(),
            database.password().value(),
            database.sslMode());
    return SyncConfig.of(
            CaptureConfig.of(settings.instance(), address),
            namespace.intentHorizon(),
            namespace.history(settings.continueAfterFailover()))
        .withWritesPerDay(settings.kv().writesPerDay())
        .withResyncRate(settings.resyncRate())
        .withVerify(ownVerification());
  }

  private VerifyConfig ownVerification() {
    KvTarget kv = settings.kv();
    int requests = kv.requests() == null ? KvTarget.STANDARD_REQUESTS : kv.requests();
    boolean limited = kv.isCloudflare() || kv.requests() != null;
    return new VerifyConfig(
        settings.verify().round(),
        limited
            ? RequestBudget.CLOUDFLARE_WINDOW.multipliedBy(VERIFY_SHARE).dividedBy(requests)
            : LOCAL_SPACING,
        KvNamespace.cacheTime(kv),
        settings.verify().repair());
  }

  private void watchEnd(Lifetime lifetime) {
    lifetime.fail(reason(leadership.end().join()));
  }

  private static String reason(Throwable end) {
    return end instanceof LedgerException.LeaseLost
        ? "another sync worker has taken over ("
            + end.getMessage()
            + "); what was in flight is recorded, start this one again as its standby"
        : "the sync worker cannot go on: " + end;
  }

  /** What the worker needs in order to do its job now. */
  public List<Check> checks() {
    return List.of(
        new Check("database", () -> Database.unreachable(pool)), new Check("sync", this::problem));
  }

  private Optional<String> problem() {
    List<String> problems = leadership.problems();
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }

  /** What this process knows of single documents. */
  public KeyDesk keys() {
    return new WorkerKeys(settings.instance(), models, leadership, this::lease, meter);
  }

  /** Whether this process leads, for people. */
  public StatusReport.Lease lease() {
    if (leadership.isLeading()) {
      return new StatusReport.Lease("leader", lease.term(), lease.holder());
    }
    try {
      Lease.State state = ledger.lease().state();
      if (leadership.halted().isPresent()) {
        return new StatusReport.Lease("halted", state.term(), state.holder());
      }
      return new StatusReport.Lease("standby", state.term(), state.holder());
    } catch (LedgerException e) {
      // The checks say that the database is away.
      return new StatusReport.Lease("standby", null, null);
    }
  }

  /** Why a leader writes nothing until a person decides; empty if that is not so. */
  public Optional<String> halted() {
    return leadership.halted();
  }

  /** The worker now, for people; null in a standby. */
  public StatusReport.@Nullable Sync status() {
    return leadership.worker().map(worker -> report(worker, worker.status())).orElse(null);
  }

  private StatusReport.Sync report(SyncWorker worker, SyncStatus status) {
    return new StatusReport.Sync(
        status.syncLag().toMillis() / 1_000.0,
        new StatusReport.Slot(
            settings.instance().databaseName(),
            status.capturing(),
            status.slotConfirmed(),
            status.slotRetainedBytes() < 0 ? null : status.slotRetainedBytes()),
        status.transactionsInFlight(),
        status.dirtyDocuments(),
        status.deadLetters() < 0 ? null : status.deadLetters(),
        meter.state(),
        spend(status.spend()),
        status.term(),
        names()
            .map(model ->
                new StatusReport.Model(
                    model,
                    documents(status, model),
                    held(status, model),
                    resync(status.resyncsDue().get(model))))
            .toList(),
        worker.verified().map(SyncProcess::verified).orElse(null));
  }

  private static StatusReport.Verified verified(VerifyRound round) {
    return new StatusReport.Verified(
        round.end(), round.took().toSeconds(), round.documents(), round.wrong(), round.repaired());
  }

  private static StatusReport.@Nullable Spend spend(@Nullable SpendStatus spend) {
    if (spend == null) {
      return null;
    }
    MonthSpend month = spend.month();
    Long writes = month.projectedWrites();
    Long deletes = month.projectedDeletes();
    return new StatusReport.Spend(
        spend.writesToday(),
        spend.cap(),
        month.writes(),
        month.deletes(),
        writes,
        writes == null || deletes == null ? null : KvPrice.monthDollars(writes, deletes));
  }

  private static long held(SyncStatus status, String model) {
    return status.spend() == null ? 0 : status.spend().held().getOrDefault(model, 0L);
  }

  private static StatusReport.@Nullable Resync resync(@Nullable ResyncStatus resync) {
    if (resync == null) {
      return null;
    }
    boolean moves = resync.perSecond() > 0 && resync.total() >= 0;
    return new StatusReport.Resync(
        resync.reason(),
        resync.settled(),
        resync.total() < 0 ? null : resync.total(),
        moves ? resync.perSecond() : null,
        moves ? Math.round((resync.total() - resync.settled()) / resync.perSecond()) : null);
  }

  /** Every model of the file; which of them fit changes while the process runs. */
  private Stream<String> names() {
    return Stream.concat(
        models.models().stream().map(ReadModel::name), models.stopped().keySet().stream());
  }

  /** A model without a row has no document, unless the ledger could not be asked at all. */
  private static @Nullable Long documents(SyncStatus status, String model) {
    return status.deadLetters() < 0 ? null : status.documents().getOrDefault(model, 0L);
  }

  /** Models that do not fit the database now, each with the reason. */
  public SortedMap<String, String> stopped() {
    return leadership.stopped();
  }

  /** Whether every document of every model that fits has been settled since the worker started. */
  public boolean isSettled() {
    SyncStatus status = leadership.worker().map(SyncWorker::status).orElse(null);
    // Of a model that has stopped the worker says so, and nothing else is wrong with it.
    return status != null
        && status.problems().size() == stopped().size()
        && status.resyncsDue().isEmpty()
        && status.dirtyDocuments() == 0;
  }
}
