package dev.forebay.ops.session;

import dev.forebay.ops.dev.LocalPages;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * The demo site's own Functions in real workerd, once for each location: a Worker whose KV binding
 * reads the emulator there. Bundled as Pages does it.
 */
final class Workerd implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path log;
  private final List<URI> sites = new ArrayList<>();

  /**
   * Starts it and waits until it answers.
   *
   * @param kv host and port of the emulator
   * @param namespace as the emulator names it, {@code ACCOUNT/NAMESPACE}
   * @param variables of each location, in the order of their numbers
   */
  Workerd(Path directory, String kv, String namespace, List<Map<String, String>> variables)
      throws IOException, InterruptedException {
    bundle(directory);
    int locations = variables.size();
    StringBuilder config =
        new StringBuilder("using Workerd = import \"/workerd/workerd.capnp\";\n");
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < locations; i++) {
      ports.add(freePort());
      config.append(location(i, kv, namespace, bindings(variables.get(i)), ports.getLast()));
      sites.add(URI.create("http://127.0.0.1:" + ports.getLast()));
    }
    config.append(
        """
        const config :Workerd.Config = (
          services = [(name = "outside", network = (allow = ["private", "local"])), %s],
          sockets = [%s]);
        """
            .formatted(names(locations, ".kvN, .siteN"), names(locations, ".socketN")));
    Path file = Files.writeString(directory.resolve("workerd.capnp"), config);
    log = directory.resolve("workerd.log");
    process = launch(List.of(binary().toString(), "serve", file.toString()), directory, log);
    Awaitility.await("workerd, see " + log)
        .atMost(PATIENCE)
        .until(() -> ports.stream().allMatch(Workerd::listens));
  }

  private static String bindings(Map<String, String> variables) {
    return variables.entrySet().stream()
        .map(one -> ", (name = \"%s\", text = \"%s\")".formatted(one.getKey(), one.getValue()))
        .collect(Collectors.joining());
  }

  private static String location(
      int number, String kv, String namespace, String bindings, int port) {
    return """
    const kv%1$d :Workerd.Service = (
      name = "kv%1$d",
      external = (address = "%2$s", http = (injectRequestHeaders = [
        (name = "Forebay-Emulator-Location", value = "%3$s/%1$d")])));
    const site%1$d :Workerd.Service = (name = "site%1$d", worker = (
      modules = [(name = "index.js", esModule = embed "functions/index.js")],
      compatibilityDate = "2026-10-20",
      globalOutbound = "outside",
      bindings = [(name = "DOCUMENTS", kvNamespace = "kv%1$d")%5$s]));
    const socket%1$d :Workerd.Socket = (
      name = "socket%1$d", address = "127.0.0.1:%4$d", http = (), service = "site%1$d");
    """
        .formatted(number, kv, namespace, port, bindings);
  }

  private static String names(int locations, String pattern) {
    return IntStream.range(0, locations)
        .mapToObj(i -> pattern.replace("N", Integer.toString(i)))
        .collect(Collectors.joining(", "));
  }

  /** Where the site is at a location. */
  URI site(int location) {
    return sites.get(location);
  }

  /** What the Functions have logged so far. */
  String says() throws IOException {
    return Files.readString(log);
  }

  private static void bundle(Path directory) throws IOException, InterruptedException {
    Path wrangler = LocalPages.FRONTEND.resolve("node_modules/wrangler/bin/wrangler.js");
    Path log = directory.resolve("wrangler.log");
    Process build =
        launch(
            List.of(
                LocalPages.node().toString(),
                wrangler.toString(),
                "pages",
                "functions",
                "build",
                "--outdir",
                directory.resolve("functions").toString()),
            LocalPages.FRONTEND,
            log);
    boolean ended = build.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!ended || build.exitValue() != 0) {
      build.destroyForcibly();
      throw new AssertionError("the Functions cannot be bundled: " + Files.readString(log));
    }
  }

  private static Path binary() throws IOException {
    try (Stream<Path> packages =
        Files.list(LocalPages.FRONTEND.resolve("node_modules/@cloudflare"))) {
      return packages
          .map(path -> path.resolve("bin/workerd"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow(() -> new AssertionError("frontend/node_modules has no workerd: npm ci"));
    }
  }

  private static Process launch(List<String> command, Path directory, Path log) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("WRANGLER_SEND_METRICS", "false");
    builder.environment().put("WRANGLER_LOG_PATH", log + ".d");
    return builder.start();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
