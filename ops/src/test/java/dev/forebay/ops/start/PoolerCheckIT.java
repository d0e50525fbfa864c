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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real PgBouncer in front of the database, and replication connections that are refused. */
class PoolerCheckIT {

  private static EmbeddedPostgres postgres;
  private static EmbeddedPostgres other;
  @TempDir static Path directory;
  @TempDir private Path pooler;

  @BeforeAll
  static void start() throws Exception {
    postgres =
        EmbeddedPostgres.builder()
            .setServerConfig("wal_level", "logical")
            .setServerConfig("max_wal_senders", "1")
            .start();
    other = EmbeddedPostgres.start();
    Files.writeString(
        directory.resolve("forebay.yaml"),
        "models:\n  note: { from: note, key: \"{id}\", fields: [id] }\n");
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table note (id int primary key)");
    }
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
    other.close();
  }

  @Test
  void server_itself_isFine() throws Exception {
    assertThat(check(postgres.getPort()).errors()).isEmpty();
  }

  @Test
  void pooler_inTransactionMode() throws Exception {
    try (PgBouncer bouncer = new PgBouncer(pooler, "transaction", postgres.getPort(), "postgres")) {
      assertThat(check(bouncer.port()).errors())
          .singleElement()
          .hasToString(
              "FOREBAY_DATABASE_URL: names a pooler in transaction mode, on which nothing that"
                  + " belongs to a connection can be relied on. Name the primary itself.");
    }
  }

  @Test
  void pooler_inTransactionModeWithWarmConnections() throws Exception {
    try (PgBouncer bouncer = new PgBouncer(pooler, "transaction", postgres.getPort(), "postgres")) {
      // Two server processes are idle in the pool, so that two clients could get one each.
      try (Connection one = database(bouncer.port()).connect();
          Connection two = database(bouncer.port()).connect()) {
        one.setAutoCommit(false);
        two.setAutoCommit(false);
        one.createStatement().execute("select 1");
        two.createStatement().execute("select 1");
        one.rollback();
        two.rollback();
      }

      assertThat(check(bouncer.port()).errors())
          .singleElement()
          .extracting(Problem::what)
          .asString()
          .contains("transaction mode");
    }
  }

  @Test
  void pooler_inSessionMode_cannotCarryReplication() throws Exception {
    try (PgBouncer bouncer = new PgBouncer(pooler, "session", postgres.getPort(), "postgres")) {
      assertThat(check(bouncer.port()).errors())
          .singleElement()
          .satisfies(problem -> {
            assertThat(problem.where()).isEqualTo("FOREBAY_DATABASE_URL");
            assertThat(problem.what()).startsWith("leads to no replication connection: ");
            assertThat(problem.fix()).contains("name the primary itself");
          });
    }
  }

  @Test
  void replication_fromAnotherServer() throws Exception {
    try (Connection ordinary = other.getPostgresDatabase().getConnection()) {
      assertThat(PoolerCheck.replication(database(postgres.getPort()), ordinary))
          .get()
          .hasToString(
              "FOREBAY_DATABASE_URL: leads to one server for queries and to another for"
                  + " replication. Name the primary itself, not a pooler or a balancer.");
    }
  }

  @Test
  void senders_allTaken() throws Exception {
    try (Connection taken = database(postgres.getPort()).connectForReplication()) {
      assertThat(check(postgres.getPort()).errors())
          .singleElement()
          .hasToString(
              "database: all 1 WAL senders are taken. End one that nobody uses, or raise"
                  + " max_wal_senders and restart PostgreSQL.");
      assertThat(taken.isClosed()).isFalse();
    }
  }

  private static SetupCheck check(int port) throws SQLException {
    return SetupCheck.of(
        new ModelsSettings(config(port), Instance.DEFAULT, directory.resolve("forebay.yaml")));
  }

  private static Database database(int port) {
    return new Database(config(port));
  }

  private static DatabaseConfig config(int port) {
    return new DatabaseConfig(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
        "127.0.0.1",
        port,
        "postgres",
        "postgres",
        new Secret(""),
        "disable",
        4);
  }
}
