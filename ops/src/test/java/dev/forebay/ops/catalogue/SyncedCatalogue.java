package dev.forebay.ops.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.ApiToken;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvConfig;
import dev.forebay.kv.KvListener;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.model.Instance;
import dev.forebay.ops.admin.StatusReport;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.Endpoint;
import dev.forebay.ops.config.KvTarget;
import dev.forebay.ops.config.Secret;
import dev.forebay.ops.config.SyncSettings;
import dev.forebay.ops.config.VerifySettings;
import dev.forebay.ops.dev.LocalPages;
import dev.forebay.ops.start.Lifetime;
import dev.forebay.ops.start.SyncProcess;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** A data set in a database of its own, synchronised to a KV namespace of its own. */
final class SyncedCatalogue implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final double SMALL_LAG_SECONDS = 5;

  private final MeterRegistry metrics = new SimpleMeterRegistry();
  private final Lifetime lifetime = new Lifetime();
  private final Instance instance;
  private final Connection connection;
  private final KvClient kv;
  private final SyncProcess sync;
  private final Documents documents;

  /** Loads the data and starts the worker; {@link #awaitQuiet} waits for the documents. */
  SyncedCatalogue(DataSet set, EmbeddedPostgres postgres, LocalPages pages, Random random)
      throws Exception {
    this.instance = new Instance(set.name());
    try (Connection server = postgres.getPostgresDatabase().getConnection();
        Statement statement = server.createStatement()) {
      statement.execute("create database " + set.name());
    }
    DatabaseConfig database =
        new DatabaseConfig(
            "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + set.name(),
            "127.0.0.1",
            postgres.getPort(),
            set.name(),
            "postgres",
            new Secret(""),
            "disable",
            10);
    try {
      this.connection = lifetime.open("connection", () -> connect(database));
      set.load(connection, random);
      KvTarget target = new KvTarget(pages.kvBaseUrl(), null, set.name(), null);
      this.kv = lifetime.open("kv", () -> client(target));
      this.documents = new Documents(connection, set, kv, instance.keyPrefix());
      Endpoint unused = new Endpoint("127.0.0.1", 0);
      this.sync =
          new SyncProcess(
              new SyncSettings(
                  database,
                  instance,
                  set.models(),
                  target,
                  Duration.ofSeconds(3),
                  0,
                  VerifySettings.OFF,
                  false,
                  unused),
              metrics,
              lifetime);
    } catch (Exception e) {
      lifetime.close();
      throw e;
    }
  }

  private static Connection connect(DatabaseConfig database) throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), "");
  }

  /** A reader beside the worker, without a budget: the local server has none. */
  private static CloudflareKvClient client(KvTarget target) {
    KvConfig config =
        KvConfig.of(
            URI.create(target.baseUrl() + "/storage/kv/namespaces"),
            target.namespace(),
            ApiToken.none());
    return new CloudflareKvClient(config, RequestBudget.unlimited(), KvListener.NONE);
  }

  /** For plain SQL, in one thread. */
  Connection connection() {
    return connection;
  }

  KvClient kv() {
    return kv;
  }

  String keyPrefix() {
    return instance.keyPrefix();
  }

  Documents documents() {
    return documents;
  }

  /** Pairs written and keys deleted since the start. */
  long kvWrites() {
    return (long)
        (metrics.counter("forebay.documents.written").count()
            + metrics.counter("forebay.documents.deleted").count());
  }

  /** Waits until all that was committed before has been acknowledged and nothing is dirty. */
  void awaitQuiet() throws SQLException {
    String committed = query("select pg_current_wal_insert_lsn()");
    await()
        .atMost(LIMIT)
        .pollInterval(LOOK)
        .untilAsserted(() -> assertThat(unrest(committed)).as("still to do").isEmpty());
  }

  private List<String> unrest(String committed) throws SQLException {
    StatusReport.Sync status = sync.status();
    boolean quiet =
        status != null
            && sync.isSettled()
            && status.transactionsInFlight() == 0
            && status.syncLagSeconds() < SMALL_LAG_SECONDS
            && Long.valueOf(0).equals(status.deadLetters())
            && hasConfirmed(committed);
    return quiet ? List.of() : List.of(status + " before " + committed);
  }

  private boolean hasConfirmed(String lsn) throws SQLException {
    String sql =
        """
        select confirmed_flush_lsn >= ?::pg_lsn from pg_replication_slots
        where slot_name = ?\
        """;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, lsn);
      statement.setString(2, instance.databaseName());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private String query(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public void close() {
    lifetime.close();
  }
}
