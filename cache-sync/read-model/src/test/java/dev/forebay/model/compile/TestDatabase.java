package dev.forebay.model.compile;

import dev.forebay.model.ReadModels;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
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

  /** Lends one connection again and again, as a pool would: a new one reads the catalog anew. */
  static DataSource lending(Connection connection) {
    ClassLoader loader = TestDatabase.class.getClassLoader();
    Object lent =
        Proxy.newProxyInstance(
            loader,
            new Class<?>[] {Connection.class},
            (proxy, method, args) ->
                method.getName().equals("close") ? null : invoke(connection, method, args));
    return (DataSource)
        Proxy.newProxyInstance(
            loader, new Class<?>[] {DataSource.class}, (proxy, method, args) -> lent);
  }

  private static Object invoke(Connection connection, Method method, Object[] args)
      throws Throwable {
    try {
      return method.invoke(connection, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
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
