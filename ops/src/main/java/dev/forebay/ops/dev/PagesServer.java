package dev.forebay.ops.dev;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Pages site in real workerd: {@code wrangler pages dev}, with its KV kept in the development
 * directory and reachable over the REST API that wrangler serves beside the site.
 */
final class PagesServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PagesServer.class);
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration PROBE = Duration.ofSeconds(5);
  private static final Duration STOP = Duration.ofSeconds(8);
  private static final Duration RETRY = Duration.ofMillis(100);
  private static final int NO_ANSWER = 599;
  private static final Set<String> NEEDED = Set.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL");

  private final Process wrangler;
  private final Orphans orphans;
  private final String url;
  private final String namespace;
  private final Path output;

  private PagesServer(
      Process wrangler, Orphans orphans, String url, String namespace, Path output) {
    this.wrangler = wrangler;
    this.orphans = orphans;
    this.url = url;
    this.namespace = namespace;
    this.output = output;
  }

  /**
   * Launches wrangler; it is not ready before {@link #awaitReady} returns.
   *
   * @param node a Node.js of at least 22.12
   * @param frontend the Pages project, with its packages installed
   * @param variables that the Functions see, beside those of this process that programs need
   */
  static PagesServer launch(
      Path node,
      Path frontend,
      DevDirectory directory,
      Orphans orphans,
      int port,
      Map<String, String> variables)
      throws IOException {
    Path output = directory.log("wrangler.log");
    List<String> command =
        List.of(
            node.toString(),
            frontend.resolve("node_modules/wrangler/bin/wrangler.js").toString(),
            "pages",
            "dev",
            "--ip=127.0.0.1",
            "--port=" + port,
            "--persist-to=" + directory.kv(),
            "--show-interactive-dev-session=false");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(frontend.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    configure(builder.environment(), node, directory);
    builder.environment().putAll(variables);
    Process wrangler = builder.start();
    orphans.remember(ProcessTree.of(wrangler.toHandle()));
    String url = "http://127.0.0.1:" + port;
    return new PagesServer(wrangler, orphans, url, namespace(frontend), output);
  }

  /** No calls home, no files outside our directory, and the same Node for wrangler's children. */
  private static void configure(Map<String, String> environment, Path node, DevDirectory directory)
      throws IOException {
    // The Functions see what is left, a secret of theirs among it: a command line anybody can read.
    environment.keySet().retainAll(NEEDED);
    environment.put("CLOUDFLARE_INCLUDE_PROCESS_ENV", "true");
    environment.put("PATH", node.getParent() + File.pathSeparator + environment.get("PATH"));
    environment.put("WRANGLER_SEND_METRICS", "false");
    environment.put("CLOUDFLARE_CF_FETCH_ENABLED", "false");
    environment.put("X_LOCAL_OBSERVABILITY", "false");
    environment.put("WRANGLER_LOG_PATH", directory.log("wrangler").toString());
    environment.put("WRANGLER_REGISTRY_PATH", directory.kv().resolve("registry").toString());
  }

  /** Reads the id under which the local server keeps the namespace of the Functions. */
  private static String namespace(Path frontend) throws IOException {
    JsonNode project =
        JsonMapper.builder()
            .enable(JsonParser.Feature.ALLOW_COMMENTS)
            .build()
            .readTree(frontend.resolve("wrangler.jsonc").toFile());
    JsonNode id = project.at("/kv_namespaces/0/id");
    if (!id.isTextual()) {
      throw new InvalidSetupException(
          List.of(
              new Problem(
                  frontend.resolve("wrangler.jsonc").toString(),
                  "binds no KV namespace.",
                  "Add one to kv_namespaces.")));
    }
    return id.textValue();
  }

  /** Where a browser finds the site. */
  String url() {
    return url;
  }

  /** The base of the KV API. */
  URI kvBaseUrl() {
    return URI.create(url + "/cdn-cgi/local/explorer/api");
  }

  /** The id of the namespace that the Functions read. */
  String namespace() {
    return namespace;
  }

  /**
   * Blocks until both the site and the KV API answer.
   *
   * @throws InvalidSetupException if wrangler ends or takes longer than a minute, naming its log
   */
  void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    URI keys = URI.create(kvBaseUrl() + "/storage/kv/namespaces/" + namespace + "/keys?limit=10");
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(PROBE).build()) {
      // The front page has no document yet: any answer of the Functions will do.
      while (status(http, URI.create(url + "/")) >= 500 || status(http, keys) != 200) {
        if (endsWithin(RETRY)) {
          throw notReady("it ended with exit code " + wrangler.exitValue());
        }
        if (System.nanoTime() > deadline) {
          throw notReady("no answer within " + START.toSeconds() + " s");
        }
      }
    }
    remember();
  }

  /** Waits; true as soon as wrangler has ended, false when the time is over. */
  boolean endsWithin(Duration time) throws InterruptedException {
    return wrangler.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static int status(HttpClient http, URI uri) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(PROBE).build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException notYet) {
      return NO_ANSWER;
    }
  }

  private InvalidSetupException notReady(String what) {
    return new InvalidSetupException(
        List.of(
            new Problem(
                "wrangler pages dev",
                "did not come up: " + what + ".",
                "Its own words are in " + output + ".")));
  }

  /** Calls back when wrangler has ended, and keeps its changing children in mind until then. */
  void onExit(Runnable callback) {
    Thread.ofVirtual()
        .name("wrangler")
        .start(() -> {
          try {
            while (!wrangler.waitFor(PROBE.toSeconds(), TimeUnit.SECONDS)) {
              remember();
            }
            callback.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (IOException e) {
            log.atWarn().setCause(e).log("child processes not recorded");
          }
        });
  }

  private void remember() throws IOException {
    orphans.remember(ProcessTree.of(wrangler.toHandle()));
  }

  @Override
  public void close() {
    ProcessTree.of(wrangler.toHandle()).stop(STOP);
  }
}
