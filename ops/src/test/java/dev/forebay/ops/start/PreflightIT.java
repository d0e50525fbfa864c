package dev.forebay.ops.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.Endpoint;
import dev.forebay.ops.config.KvTarget;
import dev.forebay.ops.config.Secret;
import dev.forebay.ops.config.SyncSettings;
import dev.forebay.ops.config.VerifySettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that can be wrong with the set-up of a sync worker, on a real server. */
class PreflightIT {

  private static final String GOOD_FILE =
      """
      models:
        note:
          from: note
          key: "{slug}"
          fields: [title]
      """;

  private static EmbeddedPostgres logical;
  private static EmbeddedPostgres replica;
  private static KvEmulator kv;

  @TempDir Path directory;
  private Path file;

  @BeforeAll
  static void start() throws Exception {
    logical =
        EmbeddedPostgres.builder()
            .setServerConfig("wal_level", "logical")
            .setServerConfig("max_replication_slots", "1")
            .start();
    replica = EmbeddedPostgres.start();
    kv = new KvEmulator(EmulatorConfig.of(0, "documents", "good"));
    for (EmbeddedPostgres server : List.of(logical, replica)) {
      execute(
          server,
          "create table note (id int primary key, slug text not null unique, title text)",
          "create unique index note_identity on note (id, slug)",
          "alter table note replica identity using index note_identity",
          "create role plain login");
    }
  }

  @AfterAll
  static void stop() throws IOException {
    kv.close();
    replica.close();
    logical.close();
  }

  @BeforeEach
  void writeFile() throws IOException {
    file = Files.writeString(directory.resolve("forebay.yaml"), GOOD_FILE);
  }

  @Test
  void start_databaseThatDoesNotExist() {
    assertThat(problems(database(logical, "nothing", "postgres"), target("good")))
        .singleElement()
        .asString()
        .startsWith("FOREBAY_DATABASE_URL: database nothing on localhost:")
        .endsWith(" does not exist. Create it, or correct the URL.");
  }

  @Test
  void start_userThatDoesNotExist() {
    assertThat(problems(database(logical, "postgres", "stranger"), target("good")))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.where()).isEqualTo("FOREBAY_DATABASE_USER, FOREBAY_DATABASE_PASSWORD");
          assertThat(problem.what()).contains("refuses user stranger");
        });
  }

  @Test
  void start_nothingListens() {
    DatabaseConfig nowhere =
        new DatabaseConfig(
            "jdbc:postgresql://127.0.0.1:1/postgres",
            "127.0.0.1",
            1,
            "postgres",
            "postgres",
            new Secret("hunter2"),
            "disable",
            2);

    assertThat(problems(nowhere, target("good")))
        .singleElement()
        .asString()
        .startsWith("FOREBAY_DATABASE_URL: database postgres on 127.0.0.1:1 cannot be reached: ")
        .doesNotContain("hunter2");
  }

  @Test
  void start_unknownTableAndColumn_areNamedWithTheirLines() throws IOException {
    Files.writeString(
        file,
        """
        models:
          note:
            from: note
            key: "{slug}"
            fields: [title, colour]
          page:
            from: pages
            key: "{slug}"
            fields: [title]
        """);

    assertThat(problems(database(logical, "postgres", "postgres"), target("good")))
        .extracting(Problem::where)
        .containsExactly("forebay.yaml:5 models.note.fields", "forebay.yaml:7 models.page.from");
  }

  @Test
  void start_wrongToken() {
    assertThat(problems(database(logical, "postgres", "postgres"), target("wrong-token")))
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.where()).isEqualTo("FOREBAY_KV_TOKEN");
          assertThat(problem.toString())
              .contains("Workers KV Storage Write")
              .doesNotContain("wrong-token");
        });
  }

  @Test
  void start_unknownNamespace() {
    KvTarget other = new KvTarget(kv.apiUrl(), "emulator", "elsewhere", new Secret("good"));

    assertThat(problems(database(logical, "postgres", "postgres"), other))
        .singleElement()
        .satisfies(problem ->
            assertThat(problem.where()).isEqualTo("FOREBAY_KV_ACCOUNT, FOREBAY_KV_NAMESPACE"));
  }

  @Test
  void start_severalFaults_areAllTold() throws IOException {
    Files.writeString(file, GOOD_FILE.replace("title", "colour"));

    assertThat(problems(database(replica, "postgres", "postgres"), target("wrong-token")))
        .extracting(Problem::where)
        .containsExactly("database", "forebay.yaml:5 models.note.fields", "FOREBAY_KV_TOKEN");
  }

  @Test
  void start_walLevelReplica() {
    assertThat(problems(database(replica, "postgres", "postgres"), target("good")))
        .singleElement()
        .hasToString(
            "database: wal_level is replica; without logical decoding no change can be seen."
                + " Set wal_level = logical and restart PostgreSQL.");
  }

  @Test
  void start_roleWithoutRights() throws SQLException {
    execute(logical, "grant select on note to plain");

    assertThat(problems(database(logical, "postgres", "plain"), target("good")))
        .extracting(Problem::toString)
        .containsExactly(
            "database: role plain may not replicate. As administrator: ALTER ROLE \"plain\" REPLICATION;",
            "database: role plain may not create schema and publication forebay."
                + " As administrator: GRANT CREATE ON DATABASE \"postgres\" TO \"plain\";",
            "table public.note: belongs to role postgres, so this role cannot publish it."
                + " As administrator: GRANT postgres TO plain;");
  }

  @Test
  void start_allSlotsTaken() throws SQLException {
    execute(logical, "select pg_create_physical_replication_slot('other')");
    try {
      assertThat(problems(database(logical, "postgres", "postgres"), target("good")))
          .singleElement()
          .asString()
          .startsWith("database: all 1 replication slots are taken. ");
    } finally {
      execute(logical, "select pg_drop_replication_slot('other')");
    }
  }

  @Test
  void start_slotOfAnotherDatabase() throws SQLException {
    execute(logical, "create database neighbour");
    try (Connection connection = logical.getDatabase("postgres", "neighbour").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_create_logical_replication_slot('forebay', 'pgoutput')");
    }
    try {
      assertThat(problems(database(logical, "postgres", "postgres"), target("good")))
          .singleElement()
          .hasToString(
              "database: replication slot forebay belongs to database neighbour."
                  + " Give this Forebay a name of its own with FOREBAY_INSTANCE.");
    } finally {
      execute(logical, "select pg_drop_replication_slot('forebay')");
    }
  }

  private List<Problem> problems(DatabaseConfig database, KvTarget target) {
    SyncSettings settings =
        new SyncSettings(
            database,
            Instance.DEFAULT,
            file,
            target,
            Duration.ZERO,
            0,
            VerifySettings.OFF,
            false,
            new Endpoint("127.0.0.1", 1));
    try (Lifetime lifetime = new Lifetime()) {
      return catchThrowableOfType(
              InvalidSetupException.class,
              () -> new SyncProcess(settings, new SimpleMeterRegistry(), lifetime))
          .problems();
    }
  }

  private static KvTarget target(String token) {
    URI base = kv.apiUrl();
    return new KvTarget(base, "emulator", "documents", new Secret(token));
  }

  private static DatabaseConfig database(EmbeddedPostgres server, String name, String user) {
    return new DatabaseConfig(
        "jdbc:postgresql://localhost:" + server.getPort() + "/" + name,
        "localhost",
        server.getPort(),
        name,
        user,
        new Secret(""),
        "disable",
        4);
  }

  private static void execute(EmbeddedPostgres server, String... statements) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
