package dev.forebay.ops.dev;

import dev.forebay.api.ApiConfig;
import dev.forebay.api.docs.DocsAccess;
import dev.forebay.api.token.TokenConfig;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.ops.admin.AdminServer;
import dev.forebay.ops.admin.Check;
import dev.forebay.ops.admin.ProcessStatus;
import dev.forebay.ops.config.ApiSettings;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.Endpoint;
import dev.forebay.ops.config.KvTarget;
import dev.forebay.ops.config.OriginSettings;
import dev.forebay.ops.config.SyncSettings;
import dev.forebay.ops.config.VerifySettings;
import dev.forebay.ops.start.ApiProcess;
import dev.forebay.ops.start.Lifetime;
import dev.forebay.ops.start.Logging;
import dev.forebay.ops.start.Metrics;
import dev.forebay.ops.start.SyncProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Everything at once, in the foreground, until it is told to stop or a part ends. */
public final class DevMode {

  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration FILL = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration DRAIN = Duration.ofSeconds(3);

  private final DevOptions options;
  private final Path home;
  private final Path node;
  private final Progress progress;

  /**
   * @param home the repository
   * @param node Node.js of at least 22.12
   * @param out where progress and addresses go
   */
  public DevMode(DevOptions options, Path home, Path node, PrintWriter out) {
    this.options = options;
    this.home = home;
    this.node = node;
    this.progress = new Progress(out);
  }

  /**
   * Starts everything and blocks.
   *
   * @return why it could not go on, or null if it was told to stop
   * @throws InvalidSetupException before anything has started, for busy ports or wrong files
   */
  public @Nullable String run() throws Exception {
    return Lifetime.run(this::start);
  }

  private void start(Lifetime lifetime) throws Exception {
    DevDirectory directory = prepare(lifetime);
    Orphans orphans = new Orphans(directory.processes());
    Endpoint api = new Endpoint(LOOPBACK, options.apiPort());
    String secret = new DevSecret(directory.tokenSecret()).ensure();
    progress.step("start wrangler pages dev");
    PagesServer pages =
        lifetime.open(
            "wrangler",
            () ->
                PagesServer.launch(
                    node,
                    home.resolve("frontend"),
                    directory,
                    orphans,
                    options.sitePort(),
                    Map.of("FOREBAY_TOKEN_SECRET", secret, "FOREBAY_API_URL", api.url())));
    pages.onExit(() -> lifetime.fail("wrangler ended by itself; its log says why"));
    progress.step("start PostgreSQL");
    DevPostgres postgres =
        lifetime.open("postgres", () -> DevPostgres.start(directory, options.databasePort()));
    postgres.onExit(() -> lifetime.fail("PostgreSQL ended by itself; its log says why"));
    DatabaseConfig database = postgres.config();
    loadExample(database);
    pages.awaitReady();
    progress.step("start the API and the sync worker");
    Path models = home.resolve("ops/example/forebay.yaml");
    Endpoint admin = new Endpoint(LOOPBACK, options.adminPort());
    KvTarget kv = new KvTarget(pages.kvBaseUrl(), null, pages.namespace(), null);
    Metrics metrics = lifetime.open("metrics", Metrics::new);
    ApiProcess apiProcess =
        new ApiProcess(
            new ApiSettings(
                database,
                Instance.DEFAULT,
                models,
                api,
                admin,
                true,
                ApiConfig.DEFAULT
                    .at(api.host(), api.port())
                    .withDocs(DocsAccess.PUBLIC)
                    .withTokens(new TokenConfig(List.of(secret), TokenConfig.LIFE, false, null)),
                null,
                OriginSettings.DEFAULT),
            metrics.registry(),
            lifetime);
    apiProcess.serve();
    SyncProcess sync =
        new SyncProcess(
            new SyncSettings(
                database, Instance.DEFAULT, models, kv, DRAIN, 0, VerifySettings.OFF, false, admin),
            metrics.registry(),
            lifetime);
    List<Check> checks = new ArrayList<>(sync.checks());
    checks.addAll(apiProcess.checks());
    ProcessStatus status =
        new ProcessStatus("dev", Instance.DEFAULT.name(), checks, sync::lease, sync::status);
    lifetime.open("admin", () -> new AdminServer(admin, metrics.registry(), status, sync.keys()));
    String key = new DevKey(directory.key()).ensure(apiProcess.keys(), apiProcess.roles());
    progress.step("fill KV");
    awaitSettled(sync, pages);
    sync.stopped()
        .forEach((model, reason) -> progress.say("the model " + model + " has stopped: " + reason));
    lifetime.open("console", () -> Logging::silenceConsole);
    progress.say("api: " + api.url());
    progress.say("admin: " + admin.url());
    progress.say("site: " + pages.url());
    progress.say("database: " + postgres.url());
    progress.say("key: " + key);
    progress.say("forebay: ready");
  }

  private void loadExample(DatabaseConfig database) throws IOException, SQLException {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(database.jdbcUrl());
    source.setUser(database.user());
    int articles = new ExampleLoader(home.resolve("ops/example")).loadOnce(source);
    if (articles > 0) {
      progress.step("loaded the example: " + articles + " articles");
    }
  }

  /** Ready means that the site shows what the database holds. */
  private static void awaitSettled(SyncProcess sync, PagesServer pages)
      throws InterruptedException {
    long deadline = System.nanoTime() + FILL.toNanos();
    while (!sync.isSettled()) {
      String halted = sync.halted().orElse(null);
      if (halted != null) {
        throw new InvalidSetupException(
            List.of(new Problem("sync worker", halted + ".", "Run ops/dev --reset.")));
      }
      if (System.nanoTime() > deadline) {
        throw new InvalidSetupException(
            List.of(
                new Problem(
                    "sync worker",
                    "has not filled KV within " + FILL.toSeconds() + " s.",
                    "Its log, forebay.log, says why.")));
      }
      pages.endsWithin(LOOK);
    }
  }

  /** Takes the directory, ends what a killed predecessor left, and looks at the ports. */
  private DevDirectory prepare(Lifetime lifetime) throws Exception {
    DevDirectory directory;
    try {
      directory = lifetime.open("directory", () -> DevDirectory.open(options.data()));
    } catch (InvalidSetupException e) {
      List<Problem> problems = new ArrayList<>(DevPort.problems(options.ports()));
      problems.addAll(e.problems());
      throw new InvalidSetupException(problems);
    }
    Logging.toFile(directory.log("forebay.log"));
    endOrphans(directory);
    List<Problem> problems = DevPort.problems(options.ports());
    if (!problems.isEmpty()) {
      throw new InvalidSetupException(problems);
    }
    if (options.reset()) {
      progress.step("forget the data of earlier runs");
      directory.reset();
    }
    return directory;
  }

  private void endOrphans(DevDirectory directory) throws IOException, InterruptedException {
    int ended = new Orphans(directory.processes()).end();
    if (DevPostgres.endOrphan(directory)) {
      ended++;
    }
    if (ended > 0) {
      progress.step("ended " + ended + " processes that an earlier run left behind");
    }
  }
}
