package dev.forebay.kv.contract;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** {@code wrangler pages dev} on a Pages project of its own, with one namespace. */
final class LocalServer implements AutoCloseable {

  static final String NAMESPACE = "contract";

  private final Process process;
  private final Path log;
  private final int port;

  /** Starts it and waits until it answers. */
  LocalServer(Path directory) throws IOException {
    port = freePort();
    log = directory.resolve("wrangler.log");
    // Without a package.json beside it wrangler ignores kv_namespaces.
    Files.writeString(directory.resolve("package.json"), "{\"private\":true}");
    Files.writeString(
        directory.resolve("wrangler.jsonc"),
        """
        {
          "name": "contract",
          "pages_build_output_dir": "public",
          "compatibility_date": "2026-10-20",
          "kv_namespaces": [{ "binding": "DOCUMENTS", "id": "%s" }]
        }
        """
            .formatted(NAMESPACE));
    // A site without Functions has no bindings.
    Files.createDirectory(directory.resolve("functions"));
    Files.writeString(
        directory.resolve("functions/ping.js"),
        "export const onRequestGet = () => new Response('pong');");
    Files.createDirectory(directory.resolve("public"));
    Files.writeString(directory.resolve("public/index.html"), "contract");
    process = start(directory);
    try {
      Awaitility.await("wrangler pages dev, see " + log)
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(200))
          .until(this::answers);
    } catch (RuntimeException e) {
      close();
      throw new IllegalStateException("no answer: " + Files.readString(log), e);
    }
  }

  URI namespacesUrl() {
    return URI.create(
        "http://127.0.0.1:" + port + "/cdn-cgi/local/explorer/api/storage/kv/namespaces");
  }

  private Process start(Path directory) throws IOException {
    ProcessBuilder builder =
        Wrangler.command(
            List.of(
                "pages",
                "dev",
                "--ip",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--show-interactive-dev-session=false"));
    builder.directory(directory.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    // Other servers on this machine would show their namespaces as this one's.
    builder.environment().put("WRANGLER_REGISTRY_PATH", directory.resolve("registry").toString());
    builder.environment().put("X_LOCAL_OBSERVABILITY", "false");
    return builder.redirectInput(new File("/dev/null")).start();
  }

  private boolean answers() {
    if (!process.isAlive()) {
      throw new IllegalStateException("wrangler ended with " + process.exitValue());
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(namespacesUrl()).build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> all = process.descendants().toList();
    process.destroy();
    all.forEach(ProcessHandle::destroy);
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
