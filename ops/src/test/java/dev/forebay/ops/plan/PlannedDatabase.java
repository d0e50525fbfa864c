package dev.forebay.ops.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.EmulatorLimits;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.model.Instance;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.Endpoint;
import dev.forebay.ops.config.KvTarget;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.config.PlanSettings;
import dev.forebay.ops.config.Secret;
import dev.forebay.ops.config.SyncSettings;
import dev.forebay.ops.config.VerifySettings;
import dev.forebay.ops.progress.ProgressBar;
import dev.forebay.ops.start.Lifetime;
import dev.forebay.ops.start.SyncProcess;
import dev.forebay.worker.history.ControlKey;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A database and a namespace of their own, for which files are planned and applied. */
final class PlannedDatabase implements AutoCloseable {

  /** What a worker really did. */
  record Applied(long written, long deleted, long requests) {}

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String NAMESPACE = "documents";
  private static final String TOKEN = "secret";

  private final DatabaseConfig config;
  private final Instance instance;
  private final Path directory;
  private final KvEmulator emulator;
  private long controlKeysBefore;

  PlannedDatabase(EmbeddedPostgres postgres, String name, Path directory) throws Exception {
    try (Connection server = postgres.getPostgresDatabase().getConnection();
        Statement statement = server.createStatement()) {
      statement.execute("create database " + name);
    }
    this.config =
        new DatabaseConfig(
            "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + name,
            "127.0.0.1",
            postgres.getPort(),
            name,
            "postgres",
            new Secret(""),
            "disable",
            6);
    this.instance = new Instance(name);
    this.directory = directory;
    this.emulator =
        new KvEmulator(EmulatorConfig.of(0, NAMESPACE, TOKEN).withLimits(EmulatorLimits.none()));
  }

  void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Each row as one text. */
  List<String> query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (row.next()) {
        rows.add(row.getString(1));
      }
      return rows;
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(config.jdbcUrl(), config.user(), "");
  }

  Plan plan(String yaml) throws Exception {
    return plan(yaml, PlanOptions.DEFAULT);
  }

  Plan plan(String yaml, PlanOptions options) throws Exception {
    return plan(yaml, options, config.user());
  }

  Plan plan(String yaml, PlanOptions options, String role) throws Exception {
    DatabaseConfig asRole =
        new DatabaseConfig(
            config.jdbcUrl(),
            config.host(),
            config.port(),
            config.name(),
            role,
            config.password(),
            config.sslMode(),
            2);
    PlanSettings settings =
        new PlanSettings(
            new ModelsSettings(asRole, instance, file("planned.yaml", yaml)),
            KvTarget.STANDARD_REQUESTS);
    ProgressBar silent =
        new ProgressBar(new PrintWriter(Writer.nullWriter()), false, System::nanoTime);
    return new Planner(settings, options, silent).plan();
  }

  Path file(String name, String yaml) throws IOException {
    return Files.writeString(directory.resolve(instance.name() + "-" + name), yaml);
  }

  Instance instance() {
    return instance;
  }

  String schema() {
    return instance.databaseName();
  }

  /** Lets a worker start with the file and work until nothing is left to do. */
  Applied apply(String yaml) throws Exception {
    MeterRegistry metrics = new SimpleMeterRegistry();
    KvTarget target =
        new KvTarget(
            URI.create(emulator.apiUrl().toString()), "emulator", NAMESPACE, new Secret(TOKEN));
    SyncSettings settings =
        new SyncSettings(
            config,
            instance,
            file("applied.yaml", yaml),
            target,
            Duration.ofSeconds(10),
            0,
            VerifySettings.OFF,
            false,
            new Endpoint("127.0.0.1", 0));
    try (Lifetime lifetime = new Lifetime()) {
      SyncProcess sync = new SyncProcess(settings, metrics, lifetime);
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> {
            assertThat(sync.isSettled()).isTrue();
            assertThat(Objects.requireNonNull(sync.status()).transactionsInFlight()).isZero();
          });
    }
    return new Applied(
        (long) metrics.counter("forebay.documents.written").count(),
        (long) metrics.counter("forebay.documents.deleted").count(),
        requests(metrics, "bulk_write") + requests(metrics, "bulk_delete") - controlKeys());
  }

  private static long requests(MeterRegistry metrics, String operation) {
    return metrics.find("forebay.kv.requests").tag("operation", operation).timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  /** Writes of the control key, which are no documents, since the last time this was asked. */
  private long controlKeys() {
    long all =
        emulator.namespace("emulator", NAMESPACE).log().stream()
            .filter(applied -> ControlKey.isNamed(applied.key()))
            .count();
    long since = all - controlKeysBefore;
    controlKeysBefore = all;
    return since;
  }

  @Override
  public void close() {
    emulator.close();
  }
}
