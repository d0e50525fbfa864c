package dev.forebay.ops.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.ops.config.Endpoint;
import dev.forebay.ops.config.Variable;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code /metrics}, {@code /livez}, {@code /readyz}, {@code /status} and, in a sync process,
 * {@code /explain}. Without authentication: bind it to an address that only operators reach.
 */
public final class AdminServer implements AutoCloseable {

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int SERVICE_UNAVAILABLE = 503;

  /** KV's own limit is 512 bytes; an instance's prefix may stand before it. */
  private static final int LONGEST_KEY = 600;

  private static final String OPEN_METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry metrics;
  private final ProcessStatus process;
  private final @Nullable KeyDesk keys;
  private final Javalin server;

  /** Starts to listen, for a process that keeps no documents. */
  public AdminServer(Endpoint endpoint, PrometheusMeterRegistry metrics, ProcessStatus process) {
    this(endpoint, metrics, process, null);
  }

  /**
   * Starts to listen.
   *
   * @param endpoint where; port 0 takes any free port, see {@link #port()}
   * @param metrics what {@code /metrics} shows; stays the caller's
   * @param process what {@code /readyz} and {@code /status} tell
   * @param keys what {@code /explain} tells; null where there is none
   * @throws InvalidSetupException if the port is taken
   */
  public AdminServer(
      Endpoint endpoint,
      PrometheusMeterRegistry metrics,
      ProcessStatus process,
      @Nullable KeyDesk keys) {
    this.metrics = metrics;
    this.process = process;
    this.keys = keys;
    try {
      this.server = Javalin.create(this::configure).start(endpoint.host(), endpoint.port());
    } catch (JavalinBindException e) {
      throw new InvalidSetupException(
          List.of(
              new Problem(
                  Variable.ADMIN_PORT.variable(),
                  endpoint.url() + " cannot be bound: " + e.getMessage(),
                  "Choose another port or host.")));
    }
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.concurrency.useVirtualThreads = true;
    config.routes.get("/metrics", this::metrics);
    config.routes.get("/livez", context -> context.result("ok\n"));
    config.routes.get("/readyz", this::ready);
    config.routes.get("/status", this::status);
    if (keys != null) {
      KeyDesk desk = keys;
      config.routes.get("/explain", context -> explain(context, desk));
      config.routes.post("/explain", context -> dirty(context, desk));
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  private void metrics(Context context) {
    context.contentType(OPEN_METRICS).result(metrics.scrape(OPEN_METRICS));
  }

  private void ready(Context context) throws JsonProcessingException {
    List<Check.Result> results = process.check();
    boolean ready = results.stream().allMatch(Check.Result::ready);
    context.status(ready ? 200 : SERVICE_UNAVAILABLE);
    json(context, Map.of("ready", ready, "checks", results));
  }

  private void status(Context context) throws JsonProcessingException {
    json(context, process.report());
  }

  private static void explain(Context context, KeyDesk desk) throws JsonProcessingException {
    String key = context.queryParam("key");
    if (key == null || key.isEmpty() || key.length() > LONGEST_KEY) {
      refuse(context, BAD_REQUEST, "key must have 1 to " + LONGEST_KEY + " characters", desk);
      return;
    }
    Optional<KeyReport> report = desk.explain(key);
    if (report.isEmpty()) {
      refuse(context, NOT_FOUND, "no model has this key", desk);
    } else {
      json(context, report.get());
    }
  }

  private static void dirty(Context context, KeyDesk desk) throws JsonProcessingException {
    List<String> kvKeys;
    try {
      kvKeys = StatusJson.texts(context.body());
    } catch (JsonProcessingException e) {
      refuse(context, BAD_REQUEST, "the body must be a JSON array of keys", desk);
      return;
    }
    if (kvKeys.size() > KeyDesk.MOST_KEYS) {
      refuse(context, BAD_REQUEST, "at most " + KeyDesk.MOST_KEYS + " keys", desk);
      return;
    }
    json(context, desk.dirty(kvKeys));
  }

  private static void refuse(Context context, int status, String problem, KeyDesk desk)
      throws JsonProcessingException {
    context.status(status);
    json(context, Map.of("problem", problem, "models", desk.models()));
  }

  private static void json(Context context, Object body) throws JsonProcessingException {
    context.contentType("application/json").result(StatusJson.write(body));
  }

  @Override
  public void close() {
    server.stop();
  }
}
