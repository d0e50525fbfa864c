package dev.forebay.ops.faults;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.ReadModels;
import dev.forebay.ops.admin.StatusReport;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.faults.check.AppliedLog;
import dev.forebay.ops.faults.check.Canaries;
import dev.forebay.ops.faults.check.Convergence;
import dev.forebay.ops.faults.check.Violations;
import dev.forebay.ops.faults.check.Violations.Promise;
import dev.forebay.ops.faults.data.CanaryWriter;
import dev.forebay.ops.faults.data.DataSet;
import dev.forebay.ops.faults.data.ForeignData;
import dev.forebay.ops.faults.data.Writers;
import dev.forebay.ops.faults.shop.Shop;
import dev.forebay.ops.faults.world.World;
import dev.forebay.ops.start.Lifetime;
import dev.forebay.ops.start.SetupCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run: a world, writers, faults, then quiet and the judgement. Used once, by one thread; what
 * it opens is closed by the lifetime.
 */
public final class FaultRun {

  /** Until when an older value that landed late must be overwritten, whatever else fails. */
  static final Duration REPAIR_BOUND = World.INTENT_HORIZON.plusSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(FaultRun.class);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration FIRST_FILL = Duration.ofSeconds(90);
  private static final Duration QUIET = World.INTENT_HORIZON.plusSeconds(90);

  private final FaultOptions options;
  private final ProgressLine progress;
  private final Violations violations = new Violations();
  private final Timeline timeline = new Timeline();
  private final Canaries canaries = new Canaries(violations);

  public FaultRun(FaultOptions options, ProgressLine progress) {
    this.options = options;
    this.progress = progress;
  }

  /**
   * Blocks until all is said.
   *
   * @throws Exception if the world cannot be set up, or the run is interrupted
   */
  public Outcome run(Lifetime lifetime) throws Exception {
    Path directory = Files.createDirectories(options.directory());
    progress.step("start PostgreSQL and KV");
    Path models = options.models() == null ? Shop.models(directory) : options.models();
    World world = lifetime.open("world", () -> new World(directory, models, options.database()));
    DataSet data = load(world);
    AppliedLog log =
        new AppliedLog(
            world.namespace(),
            World.INSTANCE.keyPrefix(),
            data.rules(),
            canaries,
            timeline,
            violations,
            REPAIR_BOUND);
    progress.step("start the worker, fill KV");
    world.startWorkers();
    Watch watch =
        lifetime.open("watch", () -> new Watch(world, log, canaries, timeline, violations));
    awaitQuiet(world, watch, FIRST_FILL);
    if (!violations.none()) {
      throw new IOException("the worker does not even fill KV: " + violations.texts());
    }
    Writers writers = lifetime.open("writers", () -> new Writers(world::connect));
    int documents = world.documents().size();
    progress.step(documents + " documents; now everything fails");
    start(data, writers);
    Instant end = Instant.now().plus(options.time());
    progress.follow(end, options.time(), () -> line(watch, writers));
    new Chaos(world, writers, timeline, violations, options).run(end);
    progress.stop();
    boolean enough = options.failFast() && !violations.none();
    int compared = enough ? 0 : settle(world, data, writers, watch);
    watch.close();
    log.follow();
    log.finish(Instant.now());
    return Outcome.of(
        options, timeline, log, writers.changes(), compared, watch.longestLag(), violations);
  }

  private int settle(World world, DataSet data, Writers writers, Watch watch)
      throws IOException, SQLException, InterruptedException {
    progress.step("quiet: wait until everything is settled");
    writers.close();
    if (!writers.failure().isEmpty()) {
      throw new IOException("a writer has a fault of its own: " + writers.failure());
    }
    writers.resolvePrepared();
    awaitQuiet(world, watch, QUIET);
    progress.step("compare");
    return compare(world, data);
  }

  private DataSet load(World world) throws IOException, SQLException {
    if (options.models() == null || options.schema() != null) {
      try (Connection connection = world.connect();
          Statement statement = connection.createStatement()) {
        if (options.models() == null) {
          Shop.load(connection);
          return new Shop();
        }
        statement.execute(Files.readString(options.schema()));
      }
    }
    PGSimpleDataSource direct = new PGSimpleDataSource();
    direct.setUrl(world.database().jdbcUrl());
    direct.setUser(world.database().user());
    direct.setPassword(world.database().password().value());
    return new ForeignData(fitting(world), direct);
  }

  /** A worker that refuses to start would only be seen to fill nothing. */
  private static ReadModels fitting(World world) throws SQLException {
    SetupCheck check =
        SetupCheck.of(new ModelsSettings(world.database(), World.INSTANCE, world.models()));
    ReadModels models = check.models();
    if (!check.errors().isEmpty() || models == null) {
      throw new InvalidSetupException(check.errors());
    }
    return models;
  }

  private void start(DataSet data, Writers writers) {
    writers.start(data, options.seed(), options.changesPerSecond());
    if (data.hasCanaries()) {
      writers.start(new CanaryWriter(canaries));
      writers.startLong(Shop.LONG_TRANSACTION, options.seed());
    }
  }

  private String line(Watch watch, Writers writers) {
    StatusReport report = watch.latest();
    StatusReport.Sync sync = report == null ? null : report.sync();
    return "%d faults, %d changes, lag %s, %s dirty%s"
        .formatted(
            timeline.size(),
            writers.changes(),
            sync == null ? "unknown" : "%.1f s".formatted(watch.lag().toMillis() / 1_000.0),
            sync == null ? "?" : Integer.toString(sync.dirtyDocuments()),
            violations.none() ? "" : ", " + violations.texts().size() + " VIOLATIONS");
  }

  /** Waits until nothing is left to do, and nothing may land late any more. */
  private void awaitQuiet(World world, Watch watch, Duration limit)
      throws InterruptedException, SQLException {
    String committed = world.query("select pg_current_wal_insert_lsn()");
    long deadline = System.nanoTime() + limit.toNanos();
    String unrest = "";
    while (System.nanoTime() < deadline) {
      unrest = unrest(world, watch, committed);
      if (unrest.isEmpty()) {
        return;
      }
      Thread.sleep(LOOK);
    }
    LOG.atWarn().addKeyValue("unrest", unrest).log("not quiet");
    violations.add(
        Promise.RECOVERED, "not quiet " + limit.toSeconds() + " s after all faults: " + unrest);
  }

  private static String unrest(World world, Watch watch, String committed) {
    StatusReport report = watch.latest();
    StatusReport.Sync sync = report == null ? null : report.sync();
    if (report == null || sync == null || !report.ready()) {
      return "no worker is ready";
    }
    if (sync.dirtyDocuments() > 0
        || sync.transactionsInFlight() > 0
        || !Long.valueOf(0).equals(sync.deadLetters())
        || watch.lag().compareTo(Watch.SMALL_LAG) > 0) {
      return sync.toString();
    }
    String schema = World.INSTANCE.databaseName();
    try {
      String sql =
          """
          select concat_ws(', ',
            (select 'keys in doubt: ' || count(*) from %1$s.in_doubt having count(*) > 0),
            (select 'resyncs due: ' || count(*) from %1$s.model where requested > completed
             having count(*) > 0),
            (select 'the slot is behind' where not exists (
               select from pg_replication_slots
               where slot_name = '%1$s' and confirmed_flush_lsn >= '%2$s')))\
          """
              .formatted(schema, committed);
      String open = world.query(sql);
      return world.namespace().lateKeys() > 0 ? open + " keys land late" : open;
    } catch (SQLException e) {
      return "the ledger cannot be read: " + e.getMessage();
    }
  }

  private int compare(World world, DataSet data) throws SQLException {
    Map<String, String> expected = new TreeMap<>();
    try (Connection connection = world.connect()) {
      data.expected(connection)
          .forEach((key, json) -> expected.put(World.INSTANCE.keyPrefix() + key, json));
    }
    return Convergence.compare(expected, world.documents(), violations);
  }
}
