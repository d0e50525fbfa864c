package dev.forebay.ops.start;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The real PgBouncer before a server on this machine. */
final class PgBouncer implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(20);

  private final Process process;
  private final int port;

  /**
   * @param mode {@code session} or {@code transaction}
   * @param user whom the server trusts
   * @param settings further lines of its configuration
   */
  PgBouncer(Path directory, String mode, int serverPort, String user, String... settings)
      throws IOException {
    this.port = freePort();
    Path users = Files.writeString(directory.resolve("users.txt"), "\"" + user + "\" \"\"\n");
    Path config =
        Files.writeString(
            directory.resolve("pgbouncer.ini"),
            """
            [databases]
            * = host=127.0.0.1 port=%d
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = trust
            auth_file = %s
            pool_mode = %s
            ignore_startup_parameters = extra_float_digits
            %s
            """
                .formatted(serverPort, port, users, mode, String.join("\n", settings)));
    for (Path path : List.of(directory, users, config)) {
      // PgBouncer does not run as root, so it must be able to read them as somebody else.
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    List<String> command = new ArrayList<>(List.of(program()));
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("-u", "nobody"));
    }
    command.add(config.toString());
    this.process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("pgbouncer.log").toFile())
            .start();
    await().atMost(START).until(this::listens);
  }

  private static String program() {
    String given = System.getenv("PGBOUNCER");
    if (given != null) {
      return given;
    }
    return Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)),
            Stream.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"))
        .map(folder -> Path.of(folder, "pgbouncer"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "This test needs PgBouncer. Install it (Debian: apt-get install pgbouncer, macOS:"
                    + " brew install pgbouncer), let PGBOUNCER name it, or run ops/test, which"
                    + " installs it."))
        .toString();
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      if (!process.isAlive()) {
        throw new IllegalStateException("PgBouncer ended with code " + process.exitValue());
      }
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
