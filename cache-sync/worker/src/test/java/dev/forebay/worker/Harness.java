package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.kv.KvPair;
import dev.forebay.kv.testing.InMemoryKvClient;
import dev.forebay.kv.testing.InMemoryKvClient.Applied;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModels;
import dev.forebay.model.compile.ModelCompiler;
import dev.forebay.worker.capture.CaptureConfig;
import dev.forebay.worker.capture.DatabaseAddress;
import dev.forebay.worker.history.ControlKey;
import dev.forebay.worker.history.HistoryConfig;
import dev.forebay.worker.history.HistoryParts;
import dev.forebay.worker.history.Proposal;
import dev.forebay.worker.lease.LeaderLease;
import dev.forebay.worker.lease.LeaseTiming;
import dev.forebay.worker.verify.VerifyConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database of its own on a shared server, a KV in memory, and a worker between them that can be
 * stopped and started again.
 */
final class Harness implements AutoCloseable {

  static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** A second stands for eight. */
  private static final LeaseTiming TIMING =
      new LeaseTiming(
          Duration.ofMillis(250),
          Duration.ofMillis(60),
          Duration.ofMillis(500),
          Duration.ofSeconds(1));

  private static final String SCHEMA =
      """
      create table author (
        id integer primary key, slug text not null unique, name text not null);
      create table article (
        id integer primary key, slug text not null unique, title text not null,
        author_id integer not null references author on update cascade);
      create index on article (author_id);
      create table comment (
        id integer primary key, body text not null,
        article_id integer not null references article on delete cascade);
      create index on comment (article_id);
      create table tag (id integer primary key, slug text not null unique);
      create unique index tag_identity on tag (id, slug);
      alter table tag replica identity using index tag_identity;
      create table unrelated (id integer primary key);
      alter table author replica identity full;
      alter table article replica identity full;
      alter table comment replica identity full;
      """;

  private static final String MODELS =
      """
      models:
        article:
          from: article
          key: "{slug}"
          fields: [id, title]
          include:
            author: { from: author, fields: [name] }
        author:
          from: author
          key: "{slug}"
          fields: [name]
          include:
            articles:
              from: article
              order: slug
              fields: [slug, title]
              include:
                comments: { from: comment, order: id, fields: [body] }
        tag: { from: tag, key: "{slug}", fields: [id, { share: 100 / id }] }
      """;

  /** What every document must be, written without the product's help. */
  private static final String EXPECTED =
      """
      select 'article:' || a.slug, jsonb_build_object('id', a.id, 'title', a.title,
        'author', jsonb_build_object('name', w.name))::text
      from article a join author w on w.id = a.author_id
      union all
      select 'author:' || w.slug, jsonb_build_object('name', w.name, 'articles',
        (select coalesce(jsonb_agg(jsonb_build_object('slug', a.slug, 'title', a.title,
            'comments', (select coalesce(jsonb_agg(jsonb_build_object('body', c.body)
              order by c.id), '[]') from comment c where c.article_id = a.id))
          order by a.slug), '[]') from article a where a.author_id = w.id))::text
      from author w
      union all
      select 'tag:' || t.slug, jsonb_build_object('id', t.id, 'share', 100 / t.id)::text
      from tag t where t.id <> 0 -- nobody can build the others
      """;

  private static final AtomicInteger DATABASES = new AtomicInteger();

  final InMemoryKvClient kv;
  final HikariDataSource pool;
  final Ledger ledger;
  MeterRegistry metrics = new SimpleMeterRegistry();
  long writesPerDay;

  /** How workers that are started from now on verify by themselves. */
  VerifyConfig verify = VerifyConfig.OFF;

  private final EmbeddedPostgres postgres;
  private final Instance instance;
  private final CaptureConfig capture;
  private final Path models;
  HistoryConfig history =
      new HistoryConfig(
          "documents", Duration.ofMinutes(5), Duration.ZERO, Duration.ofMillis(200), false);
  private @Nullable Leadership leadership;

  private final String expected;

  Harness(EmbeddedPostgres postgres, Path directory) throws SQLException, IOException {
    this(postgres, directory, SCHEMA, MODELS, EXPECTED);
  }

  /**
   * @param expected SQL for the key and text of every document that there must be
   */
  Harness(EmbeddedPostgres postgres, Path directory, String schema, String models, String expected)
      throws SQLException, IOException {
    this(
        postgres,
        new Instance("db" + DATABASES.incrementAndGet()),
        "db" + DATABASES.get(),
        directory.resolve("db" + DATABASES.get() + ".yaml"),
        new InMemoryKvClient(),
        expected);
    execute(schema);
    Files.writeString(this.models, models);
    LedgerSchema.migrate(pool, instance);
  }

  private Harness(
      EmbeddedPostgres postgres,
      Instance instance,
      String database,
      Path models,
      InMemoryKvClient kv,
      String expected)
      throws SQLException {
    this.postgres = postgres;
    this.expected = expected;
    this.kv = kv;
    this.models = models;
    this.instance = instance;
    String name = database;
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*) from pg_database where datname = '" + name + "'")) {
      row.next();
      if (row.getInt(1) == 0) {
        statement.execute("create database " + name);
      }
    }
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(postgres.getJdbcUrl("postgres", name));
    config.setMaximumPoolSize(10);
    config.setConnectionTimeout(2_000);
    this.pool = new HikariDataSource(config);
    this.ledger = Ledger.open(pool, instance);
    this.capture =
        new CaptureConfig(
            instance,
            new DatabaseAddress(
                "localhost", postgres.getPort(), name, "postgres", "postgres", "disable"),
            Duration.ofMillis(200),
            Duration.ofMillis(5),
            Duration.ofSeconds(60));
  }

  /** The same database, KV and models, on a server that is a copy of this one's. */
  Harness on(EmbeddedPostgres copy) throws SQLException {
    Harness other = new Harness(copy, instance, instance.name(), models, kv, expected);
    other.history = history;
    return other;
  }

  /** Another instance on the same database and KV. */
  Harness as(String name) throws SQLException {
    Harness other =
        new Harness(postgres, new Instance(name), instance.name(), models, kv, expected);
    LedgerSchema.migrate(other.pool, other.instance);
    other.history = history;
    return other;
  }

  /** What {@code forebay adopt} looks at. */
  Proposal proposal() throws SQLException {
    ReadModels compiled = models();
    return Proposal.look(history, new HistoryParts(ledger.history(), kv, instance, () -> compiled));
  }

  /** As {@code forebay adopt --yes}. */
  void adopt() throws SQLException {
    proposal().agree(ledger.history());
  }

  /** Starts a worker that is not expected to lead, and waits until it says why. */
  String startHalted() throws SQLException {
    metrics = new SimpleMeterRegistry();
    Leadership started = open(pool);
    started.start();
    leadership = started;
    await().atMost(LIMIT).until(() -> started.halted().isPresent());
    return started.halted().orElseThrow();
  }

  /** Forgets all that Forebay remembers in the database; the worker must have been stopped. */
  void dropLedger() throws SQLException {
    execute("drop schema " + instance.databaseName() + " cascade");
    LedgerSchema.migrate(pool, instance);
  }

  /** The name of the key in KV that is no document. */
  String controlKey() {
    return ControlKey.name(instance);
  }

  static EmbeddedPostgres server() throws IOException {
    return EmbeddedPostgres.builder()
        .setServerConfig("wal_level", "logical")
        .setServerConfig("max_wal_senders", "20")
        .setServerConfig("max_replication_slots", "20")
        .setServerConfig("max_prepared_transactions", "5")
        // A machine that is busy with other tests takes its time.
        .setPGStartupWait(Duration.ofSeconds(60))
        .start();
  }

  /** Declares more models, each line indented as under {@code models}; before a start. */
  void declare(String yaml) throws IOException {
    Files.writeString(models, yaml.indent(2), StandardOpenOption.APPEND);
  }

  /** Takes what {@link #declare} has declared out of the file; before a start. */
  void undeclare(String yaml) throws IOException {
    String text = Files.readString(models);
    assertThat(text).contains(yaml.indent(2));
    Files.writeString(models, text.replace(yaml.indent(2), ""));
  }

  /** Starts a worker and waits until it leads; the one before must have been stopped. */
  SyncWorker start() throws SQLException {
    metrics = new SimpleMeterRegistry();
    Leadership started = open(pool);
    started.start();
    leadership = started;
    await().atMost(LIMIT).until(started::isLeading);
    return worker();
  }

  /** Another process on the same database and KV, with the models as they are declared now. */
  Leadership open(DataSource source) throws SQLException {
    ReadModels compiled = models();
    SyncConfig config =
        new SyncConfig(
            capture,
            1_000,
            1_000,
            200,
            3,
            100,
            Duration.ofMillis(50),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            writesPerDay,
            0,
            Duration.ofSeconds(2),
            Duration.ofMillis(300),
            verify,
            history);
    Ledger its = Ledger.open(source, instance);
    LeaderLease lease =
        new LeaderLease(its.lease(), "test", TIMING, System::nanoTime, InstantSource.system());
    return new Leadership(config, new SyncParts(source, compiled, its, kv, metrics), lease, GRACE);
  }

  /** The models as they are declared now. */
  ReadModels models() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return ModelCompiler.compile(models, connection);
    }
  }

  /** What stands before every key in KV. */
  String prefix() {
    return instance.keyPrefix();
  }

  Leadership leadership() {
    if (leadership == null) {
      throw new IllegalStateException("no worker is running");
    }
    return leadership;
  }

  SyncWorker worker() {
    return leadership().worker().orElseThrow();
  }

  void stop() {
    leadership().close();
    leadership = null;
    // PostgreSQL notices a little later that the engine has gone.
    await().atMost(LIMIT).until(() -> !isRead());
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  String query(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() && row.getString(1) != null ? row.getString(1) : "";
    }
  }

  String slotName() {
    return instance.databaseName();
  }

  /** What KV holds, without the instance's prefix. */
  Map<String, String> stored() {
    Map<String, String> values = new TreeMap<>();
    for (KvPair pair : kv.stored().values()) {
      assertThat(pair.key()).startsWith(instance.keyPrefix());
      if (ControlKey.isNamed(pair.key())) {
        continue;
      }
      values.put(pair.key().substring(instance.keyPrefix().length()), pair.value());
    }
    return values;
  }

  Map<String, String> expected() throws SQLException {
    Map<String, String> values = new TreeMap<>();
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(expected)) {
      while (rows.next()) {
        values.put(rows.getString(1), rows.getString(2));
      }
    }
    return values;
  }

  /** Waits until KV is exactly what the database says, and nothing is left to do. */
  void awaitExact() throws SQLException {
    Map<String, String> expected = expected();
    await().atMost(LIMIT).untilAsserted(() -> assertThat(stored()).isEqualTo(expected));
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(worker().status().dirtyDocuments()).isZero());
  }

  /** Waits until an engine reads the log: a backfill needs none and is over sooner. */
  void awaitReading() {
    await().atMost(LIMIT).until(this::isRead);
  }

  private boolean isRead() throws SQLException {
    return query("select active from pg_replication_slots where slot_name = '" + slotName() + "'")
        .equals("t");
  }

  /** Whether the slot's confirmed position is past this one. */
  boolean isConfirmedPast(String position) throws SQLException {
    return query(
            "select confirmed_flush_lsn >= '"
                + position
                + "' from pg_replication_slots where slot_name = '"
                + slotName()
                + "'")
        .equals("t");
  }

  /** Ends the connection through which the engine reads; there must be one. */
  void terminateWalsender() throws SQLException {
    assertThat(tryTerminateWalsender()).as("there was a walsender").isTrue();
  }

  /** Ends it if there is one. */
  boolean tryTerminateWalsender() throws SQLException {
    return query(
            "select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = '"
                + slotName()
                + "'")
        .equals("t");
  }

  /** Puts a pair into KV behind the worker's back. */
  void putDirectly(String kvKey, String value) {
    kv.put(new KvPair(instance.keyPrefix() + kvKey, value, null, null));
  }

  /** Takes a key out of KV behind the worker's back. */
  void deleteDirectly(String kvKey) {
    kv.delete(instance.keyPrefix() + kvKey);
  }

  /** The changes of documents in KV, in order. */
  List<Applied> applied() {
    return kv.log().stream().filter(one -> !ControlKey.isNamed(one.key())).toList();
  }

  /** The keys of documents that KV changed, in order, without the prefix. */
  List<String> changes() {
    List<String> keys = new ArrayList<>();
    applied().forEach(one -> keys.add(one.key().substring(instance.keyPrefix().length())));
    return keys;
  }

  /** Stops the worker and gives its slot back to the server that the tests share. */
  @Override
  public void close() {
    if (leadership != null) {
      leadership.close();
    }
    // PostgreSQL notices a little later that the engine has gone.
    await()
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(() -> {
          execute(
              "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                  + " where slot_name = '"
                  + slotName()
                  + "'");
          return true;
        });
    pool.close();
  }
}
