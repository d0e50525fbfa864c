package dev.forebay.worker;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A PostgreSQL that a test may stop, crash, copy as a standby, and start again elsewhere. */
final class OwnServer implements AutoCloseable {

  private final Path data;
  private EmbeddedPostgres running;

  private OwnServer(Path data, int port) throws IOException {
    this.data = data;
    this.running = launch(port);
  }

  /** Starts one on a directory, new or stopped. */
  static OwnServer start(Path data) throws IOException {
    return new OwnServer(data, freePort());
  }

  private EmbeddedPostgres launch(int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setPort(port)
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setServerConfig("wal_level", "logical")
        // Else a crash loses what was committed a moment before, and nobody would see it.
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("max_wal_senders", "20")
        .setServerConfig("max_replication_slots", "20")
        .setServerConfig("max_prepared_transactions", "5")
        .setServerConfig("max_wal_size", "64MB")
        .setServerConfig("min_wal_size", "32MB")
        .start();
  }

  EmbeddedPostgres postgres() {
    return running;
  }

  int port() {
    return running.getPort();
  }

  /** Starts it again, where clients look for it. */
  void restart(int port) throws IOException {
    running = launch(port);
  }

  /** Tells it to stop, as an administrator would, and waits until it has. */
  void stop() throws IOException, InterruptedException {
    end("INT");
  }

  /** Ends every process of it at once, as a failing machine would. */
  void crash() throws IOException, InterruptedException {
    end("QUIT");
  }

  private void end(String signal) throws IOException, InterruptedException {
    long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
    new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
    await().atMost(Harness.LIMIT).until(() -> ProcessHandle.of(pid).isEmpty());
    running.close();
  }

  /** Starts it again after a crash of its own, unless it has done that itself. */
  void recover(int port) throws IOException, InterruptedException {
    if (Files.exists(data.resolve("postmaster.pid"))) {
      crash();
    } else {
      running.close();
    }
    restart(port);
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = running.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  String query(String sql) throws SQLException {
    try (Connection connection = running.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  /**
   * Starts a standby on a copy of this server's files.
   *
   * @param settings lines of its configuration
   */
  OwnServer standby(Path copy, List<String> settings) throws IOException, SQLException {
    execute("select pg_create_physical_replication_slot('standby', true)");
    try (Connection connection = running.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_backup_start('standby', true)");
      copy(data, copy, false);
      try (ResultSet row = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
        row.next();
        Files.writeString(copy.resolve("backup_label"), row.getString(1));
      }
    }
    Files.createFile(copy.resolve("standby.signal"));
    Files.writeString(
        copy.resolve("postgresql.auto.conf"),
        """
        primary_conninfo = 'host=localhost port=%d user=postgres dbname=postgres'
        primary_slot_name = 'standby'
        hot_standby_feedback = on
        %s
        """
            .formatted(port(), String.join("\n", settings)),
        StandardOpenOption.APPEND);
    return start(copy);
  }

  /** Copies the files of this server, which must have been stopped, slots included. */
  Path copyTo(Path copy) throws IOException {
    copy(data, copy, true);
    return copy;
  }

  /** A server on other files, in this one's place. */
  static OwnServer start(Path data, int port) throws IOException {
    return new OwnServer(data, port);
  }

  /** All but what belongs to the running process; slots are not part of a backup. */
  private static void copy(Path from, Path to, boolean withSlots) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Path target = to.resolve(from.relativize(directory));
            Files.createDirectory(target);
            Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(from));
            boolean slots = directory.endsWith("pg_replslot");
            return slots && !withSlots ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = file.getFileName().toString();
            if (!name.startsWith("postmaster.") && !name.equals("epg-lock")) {
              Files.copy(file, to.resolve(from.relativize(file)));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // the server removes files while they are copied
          }
        });
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    running.close();
  }
}
