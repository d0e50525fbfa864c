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

/**
 * Serves {@code /metrics}, {@code /livez}, {@code /readyz} and {@code /status}. Without
 * authentication: bind it to an address that only operators reach.
 */
public final class AdminServer implements AutoCloseable {

  private static final int SERVICE_UNAVAILABLE = 503;
  private static final String OPEN_METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry metrics;
  private final ProcessStatus process;
  private final Javalin server;

  /**
   * Starts to listen.
   *
   * @param endpoint where; port 0 takes any free port, see {@link #port()}
   * @param metrics what {@code /metrics} shows; stays the caller's
   * @param process what {@code /readyz} and {@code /status} tell
   * @throws InvalidSetupException if the port is taken
   */
  public AdminServer(Endpoint endpoint, PrometheusMeterRegistry metrics, ProcessStatus process) {
    this.metrics = metrics;
    this.process = process;
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

  private static void json(Context context, Object body) throws JsonProcessingException {
    context.contentType("application/json").result(StatusJson.write(body));
  }

  @Override
  public void close() {
    server.stop();
  }
}
