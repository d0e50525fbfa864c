package dev.forebay.ops.faults.world;

import dev.forebay.kv.emulator.EmulatedNamespace;
import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.EmulatorLimits;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.kv.emulator.StoredValue;
import dev.forebay.model.Instance;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.Secret;
import dev.forebay.worker.history.ControlKey;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL and KV with a network before each, and the workers between them. Safe for any thread
 * but where a method says otherwise.
 *
 * <p>We ourselves go round the networks: what is judged is the worker's sight of the world.
 */
public final class World implements AutoCloseable {

  /** Which Forebay of the database. */
  public static final Instance INSTANCE = new Instance("faults");

  /** Longest time of one call to KV, short so that time-outs are many. */
  public static final Duration CALL_TIMEOUT = Duration.ofSeconds(6);

  /** How long after a call was given up it may still be applied. */
  public static final Duration LATE_WINDOW = Duration.ofSeconds(10);

  /** From a call's start to the end of its last attempt's window, as the worker counts it. */
  public static final Duration INTENT_HORIZON =
      CALL_TIMEOUT
          .multipliedBy(4)
          .dividedBy(3)
          .plus(CALL_TIMEOUT)
          .plus(LATE_WINDOW)
          .plusSeconds(30);

  /** Requests to KV that one worker is granted per five minutes. */
  public static final int REQUESTS = 3_000;

  private static final String NAMESPACE = "documents";
  private static final String TOKEN = "faults";

  private final DatabaseConfig database;
  private final @Nullable FaultyPostgres postgres;
  private final KvEmulator kv;
  private final TcpProxy databaseNetwork;
  private final TcpProxy kvNetwork;
  private final Path models;
  private final Path logs;
  private @Nullable Workers workers;

  /**
   * Opens everything but the workers.
   *
   * @param directory of this run
   * @param models forebay.yaml
   * @param external the user's database; null for one of our own, which can be crashed
   */
  public World(Path directory, Path models, @Nullable DatabaseConfig external)
      throws IOException, SQLException {
    this.models = models;
    this.logs = directory;
    this.postgres =
        external == null
            ? new FaultyPostgres(directory.resolve("postgres"), directory.resolve("postgres.log"))
            : null;
    this.database = external == null ? own(postgres) : external;
    this.kv =
        new KvEmulator(EmulatorConfig.of(0, NAMESPACE, TOKEN).withLimits(EmulatorLimits.none()));
    this.databaseNetwork = new TcpProxy("database", database.host(), database.port());
    this.kvNetwork = new TcpProxy("kv", "127.0.0.1", kv.apiUrl().getPort());
  }

  private static DatabaseConfig own(@Nullable FaultyPostgres server) {
    int port = server == null ? 0 : server.port();
    return new DatabaseConfig(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + FaultyPostgres.DATABASE,
        "127.0.0.1",
        port,
        FaultyPostgres.DATABASE,
        "postgres",
        new Secret(""),
        "disable",
        10);
  }

  /** Starts the first worker; from now on one is kept alive. */
  public void startWorkers() throws IOException {
    workers = new Workers(environment(), logs.resolve("worker.log"));
  }

  private Map<String, String> environment() {
    Map<String, String> variables = new HashMap<>();
    variables.put(
        "FOREBAY_DATABASE_URL",
        "postgres://127.0.0.1:%d/%s?sslmode=disable"
            .formatted(databaseNetwork.port(), database.name()));
    variables.put("FOREBAY_DATABASE_USER", database.user());
    if (!database.password().value().isEmpty()) {
      variables.put("FOREBAY_DATABASE_PASSWORD", database.password().value());
    }
    variables.put("FOREBAY_DATABASE_POOL", "6");
    variables.put("FOREBAY_INSTANCE", INSTANCE.name());
    variables.put("FOREBAY_MODELS", models.toString());
    variables.put(
        "FOREBAY_KV_BASE_URL",
        kv.apiUrl().toString().replace(":" + kv.apiUrl().getPort(), ":" + kvNetwork.port()));
    variables.put("FOREBAY_KV_ACCOUNT", "emulator");
    variables.put("FOREBAY_KV_NAMESPACE", NAMESPACE);
    variables.put("FOREBAY_KV_TOKEN", TOKEN);
    variables.put("FOREBAY_KV_REQUESTS", Integer.toString(REQUESTS));
    variables.put("FOREBAY_KV_TIMEOUT", Long.toString(CALL_TIMEOUT.toSeconds()));
    variables.put("FOREBAY_KV_LATE", Long.toString(LATE_WINDOW.toSeconds()));
    return variables;
  }

  /** A connection past the network; the caller closes it. */
  public Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", database.user());
    properties.setProperty("password", database.password().value());
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "60");
    properties.setProperty("ApplicationName", "forebay faults");
    return DriverManager.getConnection(database.jdbcUrl(), properties);
  }

  /** Runs one statement and returns its first value as text; empty if it has none. */
  public String query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      String value = row.next() ? row.getString(1) : null;
      return value == null ? "" : value;
    }
  }

  public DatabaseConfig database() {
    return database;
  }

  public Path models() {
    return models;
  }

  public KvEmulator kv() {
    return kv;
  }

  public EmulatedNamespace namespace() {
    return kv.namespace("emulator", NAMESPACE);
  }

  /** What KV holds, but for the one key that is no document. */
  public Map<String, StoredValue> documents() {
    Map<String, StoredValue> documents = new HashMap<>(namespace().all());
    documents.keySet().removeIf(ControlKey::isNamed);
    return documents;
  }

  public TcpProxy databaseNetwork() {
    return databaseNetwork;
  }

  public TcpProxy kvNetwork() {
    return kvNetwork;
  }

  /** The workers; they must have been started. */
  public Workers workers() {
    if (workers == null) {
      throw new IllegalStateException("no worker has been started");
    }
    return workers;
  }

  /** Whether the server is ours to crash. */
  public boolean canCrash() {
    return postgres != null;
  }

  /** Ends PostgreSQL at once and starts it again. For one thread. */
  public void crash() throws IOException, InterruptedException {
    if (postgres == null) {
      throw new IllegalStateException("the server is not ours");
    }
    postgres.crash();
  }

  /** Lets everything work: networks and KV as they should be, paused workers go on. */
  public void heal() throws IOException, InterruptedException {
    kv.faults().clear();
    kvNetwork.set(TcpProxy.Mode.OPEN);
    databaseNetwork.set(TcpProxy.Mode.OPEN);
    for (WorkerProcess worker : workers().living()) {
      worker.pause(false);
    }
  }

  /** Takes what Forebay made in the user's database away again: slot, publication, ledger. */
  private void forget() throws SQLException {
    String name = INSTANCE.databaseName();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      // What a killed worker's connection held is free a moment later, or now.
      statement.execute(
          "select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '"
              + name
              + "'");
      statement.execute(
          "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '"
              + name
              + "'");
      statement.execute("drop publication if exists " + name);
      statement.execute("drop schema if exists " + name + " cascade");
    }
  }

  @Override
  public void close() throws IOException, SQLException {
    if (workers != null) {
      workers.close();
      if (postgres == null) {
        forget();
      }
    }
    kvNetwork.close();
    databaseNetwork.close();
    kv.close();
    if (postgres != null) {
      postgres.close();
    }
  }
}
