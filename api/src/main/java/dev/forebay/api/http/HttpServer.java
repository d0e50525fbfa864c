package dev.forebay.api.http;

import dev.forebay.api.limit.Connections;
import dev.forebay.api.limit.InFlight;
import dev.forebay.api.limit.RequestRates;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.http.NotFoundResponse;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinException;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.MinimumDataRateHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Javalin, set up for an API and for nothing else. */
public final class HttpServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  /** Also what a bearer token and a long URI have to fit in, together with all other headers. */
  private static final int MAX_HEAD_BYTES = 16 << 10;

  /** A token, once more as a cookie, and the documents that a write touched; each may have 4 kB. */
  private static final int MAX_ANSWER_HEAD_BYTES = 24 << 10;

  private final Javalin javalin;

  /**
   * Binds the port and serves.
   *
   * @param metrics where requests are measured
   * @throws InvalidSetupException if the port cannot be bound
   */
  public HttpServer(
      HttpConfig config, List<Routes> routes, Authenticator authenticator, MeterRegistry metrics) {
    this.javalin =
        Javalin.create(javalin -> configure(javalin, config, routes, authenticator, metrics));
    try {
      javalin.start();
    } catch (JavalinBindException e) {
      LOG.atDebug().setCause(e).log("port not bound");
      String address = config.host() + ":" + config.port();
      throw new InvalidSetupException(
          List.of(
              new Problem(
                  "api", "cannot listen on " + address + ".", "Free it or choose another port.")));
    }
  }

  /** The port that is bound. */
  public int port() {
    return javalin.port();
  }

  /**
   * Takes no new requests, lets those in flight finish, and ends; cuts them off at the time-out.
   */
  @Override
  public void close() {
    try {
      javalin.stop();
    } catch (JavalinException e) {
      LOG.atWarn().setCause(e).log("requests in flight did not finish in time and were cut off");
    }
  }

  private static void configure(
      JavalinConfig javalin,
      HttpConfig config,
      List<Routes> routes,
      Authenticator authenticator,
      MeterRegistry metrics) {
    javalin.concurrency.useVirtualThreads = true;
    javalin.startup.showJavalinBanner = false;
    javalin.startup.showOldJavalinVersionWarning = false;
    javalin.startup.startupWatcherEnabled = false;
    javalin.http.prefer405over404 = true;
    javalin.router.ignoreTrailingSlashes = false;
    javalin.http.compressionStrategy = CompressionStrategy.NONE;
    javalin.jetty.modifyServer(server -> configure(server, config));
    javalin.jetty.modifyHttpConfiguration(HttpServer::configure);
    javalin.jetty.modifyServletContextHandler(
        handler -> handler.getServletHandler().setDecodeAmbiguousURIs(true));

    routes.forEach(one -> one.registerOpen(javalin.routes));
    RequestMetrics measured = new RequestMetrics(metrics);
    javalin.jetty.addConnector((server, http) -> {
      Connections connections =
          Connections.of(server, http, config.host(), config.port(), config.limits());
      measured.watch(connections);
      return connections.connector();
    });
    javalin.requestLogger.http(measured::record);

    InFlight inFlight = new InFlight(config.limits().inFlight());
    RequestRates rates = new RequestRates(config.limits());
    measured.watch(inFlight, rates);
    Gate gate =
        new Gate(
            new Cors(config.corsOrigins(), config.cookies()),
            new Admission(inFlight, rates),
            authenticator,
            routes.stream().flatMap(one -> one.provenBelow().stream()).toList());
    javalin.routes.before(gate::admit);
    javalin.routes.after(Gate::leave);
    routes.forEach(one -> one.register(javalin.routes));
    javalin.routes.exception(ApiProblem.class, (problem, context) -> answer(context, problem));
    javalin.routes.exception(HttpResponseException.class, HttpServer::refused);
    javalin.routes.exception(ClientGoneException.class, HttpServer::gone);
    javalin.routes.exception(Exception.class, HttpServer::failed);
  }

  private static void configure(Server server, HttpConfig config) {
    server.setHandler(
        new GracefulHandler(new MinimumDataRateHandler(config.limits().minBodyRate(), 0)));
    server.setStopTimeout(config.stopTimeout().toMillis());
    server.setErrorHandler(new ProblemErrorHandler());
  }

  /** A slash or a percent sign in a key is data: it arrives encoded and stays so until routed. */
  private static void configure(HttpConfiguration http) {
    http.setRequestHeaderSize(MAX_HEAD_BYTES);
    // Equal: where Jetty 12.1 may try again with more room it forgets to close the connection.
    http.setResponseHeaderSize(MAX_ANSWER_HEAD_BYTES);
    http.setMaxResponseHeaderSize(MAX_ANSWER_HEAD_BYTES);
    http.setUriCompliance(UriCompliance.UNSAFE);
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
  }

  private static void refused(HttpResponseException e, Context context) {
    ProblemType type =
        switch (e) {
          case NotFoundResponse absent -> ProblemType.NOT_FOUND;
          case MethodNotAllowedResponse method -> ProblemType.METHOD_NOT_ALLOWED;
          default -> ProblemType.MALFORMED_REQUEST;
        };
    if (type == ProblemType.METHOD_NOT_ALLOWED) {
      // Javalin keeps the methods under a name that depends on the Accept header.
      context.header("Allow", String.join(", ", e.getDetails().values()));
    }
    answer(context, ApiProblem.of(type));
  }

  /** A client that has gone gets no answer, and is no fault to be logged. */
  private static void answer(Context context, ApiProblem problem) {
    try {
      ProblemWriter.write(context, problem);
    } catch (ClientGoneException e) {
      gone(e, context);
    }
  }

  private static void gone(ClientGoneException e, Context context) {
    LOG.atDebug().setCause(e).log("client gone");
  }

  private static void failed(Exception e, Context context) {
    answer(context, ApiProblem.of(ProblemType.INTERNAL).causedBy(e));
  }
}
