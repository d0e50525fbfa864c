package dev.forebay.ops.mend;

import dev.forebay.model.Instance;
import dev.forebay.model.Problem;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.config.Secret;
import dev.forebay.ops.start.Database;
import dev.forebay.ops.start.SetupCheck;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real server, on which the role {@code worker} owns what is made through {@link #own}. */
final class MendFixture implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final EmbeddedPostgres postgres;
  private final Path file;

  MendFixture(Path directory) throws IOException, SQLException {
    this.postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
    this.file = directory.resolve("forebay.yaml");
    execute("create role worker login replication", "grant create on database postgres to worker");
  }

  void declare(String models) throws IOException {
    Files.writeString(file, "models:\n" + models);
  }

  /** Starts from nothing. */
  void reset() throws SQLException {
    for (String publication : texts("select pubname from pg_publication")) {
      execute("drop publication " + publication);
    }
    execute("drop schema public cascade", "create schema public authorization worker");
  }

  SetupCheck check() throws SQLException {
    return SetupCheck.of(new ModelsSettings(config(), Instance.DEFAULT, file));
  }

  List<Fix> fixes() throws SQLException {
    SetupCheck check = check();
    List<Problem> problems = new ArrayList<>(check.errors());
    problems.addAll(check.warnings());
    try (Connection connection = connect()) {
      return new Mender(connection, Instance.DEFAULT).fixes(problems);
    }
  }

  /** Returns what is told. */
  List<String> apply(List<Fix> fixes) throws SQLException {
    List<String> told = new ArrayList<>();
    try (Connection connection = connect()) {
      new Application(connection, told::add, PATIENCE).apply(fixes);
    }
    return told;
  }

  Connection connect() {
    return new Database(config()).connect();
  }

  /** Runs statements as the role that Forebay uses. */
  void own(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  void execute(String... statements) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  List<String> texts(String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        texts.add(row.getString(1));
      }
    }
    return texts;
  }

  private DatabaseConfig config() {
    return new DatabaseConfig(
        "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
        "localhost",
        postgres.getPort(),
        "postgres",
        "worker",
        new Secret(""),
        "disable",
        4);
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
