package dev.forebay.model.compile;

import dev.forebay.model.ReadModels;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import javax.sql.DataSource;

/** A real PostgreSQL for one test class. */
final class TestDatabase implements AutoCloseable {

  private final EmbeddedPostgres postgres;
  private final DataSource dataSource;

  private TestDatabase(EmbeddedPostgres postgres) {
    this.postgres = postgres;
    this.dataSource = postgres.getPostgresDatabase();
  }

  static TestDatabase start() throws IOException {
    return new TestDatabase(
        EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start());
  }

  DataSource dataSource() {
    return dataSource;
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  void executeResource(String name) throws IOException, SQLException {
    execute(resource(name));
  }

  ReadModels compileResource(String name) throws IOException, SQLException {
    return compile(resource(name));
  }

  ReadModels compile(String yaml) throws IOException, SQLException {
    Path file = Files.createTempFile("forebay", ".yaml");
    try (Connection connection = dataSource.getConnection()) {
      Files.writeString(file, yaml);
      return ModelCompiler.compile(file, connection);
    } finally {
      Files.delete(file);
    }
  }

  static String resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(TestDatabase.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
