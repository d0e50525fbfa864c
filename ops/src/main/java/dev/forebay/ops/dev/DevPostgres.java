package dev.forebay.ops.dev;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A real PostgreSQL of our own, on the loopback interface, ready for logical replication. Its data
 * outlive it. Runs as root too, in a user namespace.
 */
final class DevPostgres implements AutoCloseable {

  private static final String DATABASE = "forebay";
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final EmbeddedPostgres server;
  private final ProcessHandle postmaster;

  private DevPostgres(EmbeddedPostgres server, ProcessHandle postmaster) {
    this.server = server;
    this.postmaster = postmaster;
  }

  /**
   * Starts the server on the data that are there, or on a new cluster.
   *
   * @throws InvalidSetupException if it does not start, naming its log
   */
  static DevPostgres start(DevDirectory directory, int port) throws IOException, SQLException {
    Path log = directory.log("postgres.log");
    ProcessBuilder.Redirect output = ProcessBuilder.Redirect.appendTo(log.toFile());
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setPort(port)
            .setDataDirectory(directory.postgres())
            .setCleanDataDirectory(false)
            .setOverrideWorkingDirectory(directory.postgresPrograms().toFile())
            // Our own hook stops the server after everything that uses it.
            .setRegisterShutdownHook(false)
            .setPGStartupWait(START)
            .setOutputRedirector(output)
            .setErrorRedirector(output)
            // The same collation on every machine.
            .setLocaleConfig("locale", "C")
            .setLocaleConfig("locale-provider", "builtin")
            .setLocaleConfig("builtin-locale", "C.UTF-8")
            .setServerConfig("wal_level", "logical")
            // A slot that nobody reads for days must not fill the disk.
            .setServerConfig("max_slot_wal_keep_size", "4GB")
            // As in production; the embedded server's own defaults trade safety for speed.
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_connections", "100")
            .setServerConfig("unix_socket_directories", "");
    Files.createDirectories(directory.postgresPrograms());
    EmbeddedPostgres server = start(builder, log);
    createDatabase(server);
    long pid = directory.postmaster().orElseThrow();
    return new DevPostgres(server, ProcessHandle.of(pid).orElseThrow());
  }

  private static EmbeddedPostgres start(EmbeddedPostgres.Builder builder, Path log)
      throws IOException {
    try {
      return builder.start();
    } catch (IllegalStateException e) {
      throw new InvalidSetupException(
          List.of(
              new Problem(
                  "PostgreSQL",
                  "the embedded server did not start: " + e.getMessage() + ".",
                  "Its own words are in " + log + "; --reset begins with an empty one.")));
    }
  }

  private static void createDatabase(EmbeddedPostgres server) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      String exists = "select 1 from pg_database where datname = '" + DATABASE + "'";
      try (ResultSet rows = statement.executeQuery(exists)) {
        if (rows.next()) {
          return;
        }
      }
      statement.execute("create database " + DATABASE);
    }
  }

  /**
   * Ends a server that still runs on this directory, which only a killed predecessor can have left.
   *
   * @return whether there was one
   */
  static boolean endOrphan(DevDirectory directory) throws IOException, InterruptedException {
    Optional<ProcessHandle> orphan =
        directory.postmaster().flatMap(ProcessHandle::of).filter(DevPostgres::isPostgres);
    if (orphan.isEmpty()) {
      return false;
    }
    // SIGINT is PostgreSQL's fast shutdown: it ends sessions and leaves a clean data directory.
    new ProcessBuilder("kill", "-INT", Long.toString(orphan.get().pid())).start().waitFor();
    new ProcessTree(List.of(orphan.get())).await(STOP);
    return true;
  }

  private static boolean isPostgres(ProcessHandle process) {
    return process.info().command().map(command -> command.endsWith("/postgres")).orElse(false);
  }

  /** How the rest of Forebay reaches it. */
  DatabaseConfig config() {
    int port = server.getPort();
    String jdbcUrl = "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE;
    return new DatabaseConfig(
        jdbcUrl, "127.0.0.1", port, DATABASE, "postgres", new Secret(""), "disable", 10);
  }

  /** How a person reaches it with psql. */
  String url() {
    return "postgres://postgres@127.0.0.1:" + server.getPort() + "/" + DATABASE;
  }

  /** Calls back when the server has ended, whoever ended it. */
  void onExit(Runnable callback) {
    Thread.ofVirtual()
        .name("postgres")
        .start(() -> {
          postmaster.onExit().join();
          callback.run();
        });
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
