package dev.forebay.ops.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.Instance;
import dev.forebay.model.Problem;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.config.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What `forebay check` says of tables, publication and slot settings, on a real server. */
class SetupCheckIT {

  private static EmbeddedPostgres postgres;
  @TempDir static Path directory;

  @BeforeAll
  static void start() throws IOException {
    postgres =
        EmbeddedPostgres.builder()
            .setServerConfig("wal_level", "logical")
            .setServerConfig("max_slot_wal_keep_size", "1GB")
            .setServerConfig("idle_replication_slot_timeout", "1h")
            .start();
    Files.writeString(
        directory.resolve("forebay.yaml"),
        "models:\n  note: { from: note, key: \"{id}\", fields: [title] }\n");
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void prepare() throws SQLException {
    execute(
        "create table note (id int primary key, title text)",
        "create role worker login replication",
        "grant create on database postgres to worker",
        "alter table note owner to worker");
  }

  @AfterEach
  void forget() throws SQLException {
    execute(
        "drop publication if exists forebay",
        "drop table note",
        "revoke all on database postgres from worker",
        "drop role worker");
  }

  @Test
  void check_nothingWrong_hasTheModelsAndWarnsOfSlotSettings() throws SQLException {
    SetupCheck check = check();

    assertThat(check.errors()).isEmpty();
    assertThat(check.models()).isNotNull();
    assertThat(check.warnings())
        .extracting(Problem::toString)
        .satisfiesExactly(
            idle -> assertThat(idle).startsWith("database: idle_replication_slot_timeout is 1h: "),
            size -> assertThat(size).startsWith("database: max_slot_wal_keep_size is 1GB: "));
  }

  @Test
  void check_rowSecurityForcedOnTheOwner() throws SQLException {
    execute("alter table note enable row level security");
    assertThat(check().errors()).isEmpty(); // it spares the owner

    execute("alter table note force row level security");

    assertThat(check().errors())
        .singleElement()
        .hasToString(
            "table public.note: has row security, which would hide rows from role worker."
                + " As administrator: ALTER ROLE worker BYPASSRLS;");
  }

  @Test
  void check_publicationWithARowFilter() throws SQLException {
    execute("create publication forebay for table note where (id > 0)");

    assertThat(check().errors()).singleElement().asString().contains("with a row filter");
  }

  @Test
  void check_modelThatCannotBeResolved_hidesNothingOfTheOthers() throws Exception {
    Path file = directory.resolve("forebay.yaml");
    String fine = Files.readString(file);
    Files.writeString(
        file,
        fine
            + "  pages: { from: note, key: \"{id}\", fields: [colour] }\n"
            + "resources: { note: { table: notes } }\n");
    execute("create publication forebay for table note with (publish = 'insert')");
    try {
      assertThat(check().errors())
          .extracting(Problem::where)
          .containsExactly(
              "forebay.yaml:3 models.pages.fields",
              "forebay.yaml:4 resources.note.table",
              "publication forebay");
    } finally {
      Files.writeString(file, fine);
    }
  }

  @Test
  void check_identityTooNarrow_hidesNothingOfTheTable() throws SQLException {
    execute(
        "alter table note replica identity nothing",
        "alter table note owner to postgres",
        "grant select on note to worker");

    assertThat(check().errors())
        .extracting(Problem::where)
        .containsExactly("forebay.yaml:2 models.note.key", "table public.note");
  }

  @Test
  void check_publicationOfSomeColumns() throws SQLException {
    execute("create publication forebay for table note (id)");

    assertThat(check().errors()).singleElement().asString().contains("some of its columns");
  }

  @Test
  void check_publicationWithoutDeletes() throws SQLException {
    execute("create publication forebay for table note with (publish = 'insert, update')");

    assertThat(check().errors())
        .singleElement()
        .hasToString(
            "publication forebay: does not publish every kind of change. forebay check --fix shows"
                + " SQL that mends it, if it is harmless to your own writes.");
  }

  @Test
  void check_publicationWithStoredGeneratedColumns_isFine() throws SQLException {
    execute(
        "alter table note add column twice int generated always as (id * 2) stored",
        "create publication forebay for table note with (publish_generated_columns = stored)");

    assertThat(check().errors()).isEmpty();
  }

  @Test
  void check_standbysAndASlotThatIsNotKeptOnThem() throws SQLException {
    execute("select pg_create_physical_replication_slot('standby')");
    try {
      assertThat(check().warnings())
          .first()
          .asString()
          .startsWith(
              "database: there are standbys, but slot forebay is not kept on them: after a"
                  + " failover every model is resynced. ");
      execute("select pg_create_logical_replication_slot('forebay', 'pgoutput', failover => true)");
      assertThat(check().warnings()).noneMatch(risk -> risk.what().contains("failover"));
    } finally {
      execute("select pg_drop_replication_slot(slot_name::name) from pg_replication_slots");
    }
  }

  @Test
  void check_poolLargerThanTheServerAllows() throws SQLException {
    assertThat(check(400).warnings())
        .anySatisfy(risk ->
            assertThat(risk.toString())
                .startsWith("FOREBAY_DATABASE_POOL: forebay sync opens up to 402 connections"));
  }

  @Test
  void check_wholePublication_isFine() throws SQLException {
    execute(
        "alter table note add column twice int generated always as (id * 2) stored",
        "create publication forebay for table note");

    assertThat(check().errors()).isEmpty();
  }

  private static SetupCheck check() throws SQLException {
    return check(4);
  }

  private static SetupCheck check(int poolSize) throws SQLException {
    DatabaseConfig database =
        new DatabaseConfig(
            "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
            "localhost",
            postgres.getPort(),
            "postgres",
            "worker",
            new Secret(""),
            "disable",
            poolSize);
    return SetupCheck.of(
        new ModelsSettings(database, Instance.DEFAULT, directory.resolve("forebay.yaml")));
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
