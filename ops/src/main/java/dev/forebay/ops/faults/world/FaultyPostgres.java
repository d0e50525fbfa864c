package dev.forebay.ops.faults.world;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A real PostgreSQL of our own that can be crashed. Safe for any thread; what it keeps lies in a
 * directory that the caller removes.
 */
final class FaultyPostgres implements AutoCloseable {

  static final String DATABASE = "faults";

  private static final Duration START = Duration.ofSeconds(60);
  private static final long DEATH_SECONDS = 20;

  private final Path directory;
  private final Path log;
  private EmbeddedPostgres server;
  private boolean closed;

  /** Starts the server on a new cluster and makes a database. */
  FaultyPostgres(Path directory, Path log) throws IOException, SQLException {
    this.directory = directory;
    this.log = log;
    Files.createDirectories(directory.resolve("programs"));
    this.server = start(0);
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + DATABASE);
    }
  }

  private EmbeddedPostgres start(int port) throws IOException {
    ProcessBuilder.Redirect output = ProcessBuilder.Redirect.appendTo(log.toFile());
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory.resolve("data"))
            .setCleanDataDirectory(false)
            .setOverrideWorkingDirectory(directory.resolve("programs").toFile())
            .setRegisterShutdownHook(false)
            .setPGStartupWait(START)
            .setOutputRedirector(output)
            .setErrorRedirector(output)
            .setServerConfig("wal_level", "logical")
            // A crash must lose nothing that was committed.
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_connections", "100")
            .setServerConfig("max_prepared_transactions", "10")
            .setServerConfig("unix_socket_directories", "");
    if (port != 0) {
      builder.setPort(port);
    }
    return builder.start();
  }

  synchronized int port() {
    return server.getPort();
  }

  /** Ends the server as a crash does, and starts it again on the same port. */
  synchronized void crash() throws IOException, InterruptedException {
    if (closed) {
      throw new IOException("the run is over");
    }
    long pid =
        Long.parseLong(Files.readAllLines(directory.resolve("data/postmaster.pid")).getFirst());
    ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
    // SIGQUIT is pg_ctl's immediate mode: no checkpoint, sessions are cut off.
    Signals.send(pid, "QUIT");
    try {
      postmaster.onExit().get(DEATH_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("PostgreSQL does not end", e);
    }
    int port = server.getPort();
    // Gives the directory's lock back; what there was to stop has ended.
    server.close();
    server = start(port);
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    server.close();
  }
}
