package dev.forebay.ops.bench;

import dev.forebay.api.limit.Connections;
import dev.forebay.api.limit.LimitConfig;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import java.time.Duration;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.MinimumDataRateHandler;

/**
 * Javalin and Jetty set up as the API sets them up, with one route that answers a constant and
 * nothing before or after it.
 */
final class EmptyServer implements AutoCloseable {

  static final String PATH = "/v1/documents/article/empty";

  private static final int HEAD_BYTES = 16 << 10;

  private final Javalin javalin;

  /**
   * Binds a free port and serves.
   *
   * @param body of every answer, JSON
   */
  EmptyServer(String body, LimitConfig limits) {
    this.javalin = Javalin.create(config -> configure(config, body, limits)).start();
  }

  int port() {
    return javalin.port();
  }

  @Override
  public void close() {
    javalin.stop();
  }

  private static void configure(JavalinConfig config, String body, LimitConfig limits) {
    config.concurrency.useVirtualThreads = true;
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.prefer405over404 = true;
    config.router.ignoreTrailingSlashes = false;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.jetty.modifyServer(server -> configure(server, limits));
    config.jetty.modifyHttpConfiguration(EmptyServer::configure);
    config.jetty.modifyServletContextHandler(
        handler -> handler.getServletHandler().setDecodeAmbiguousURIs(true));
    config.jetty.addConnector(
        (server, http) -> Connections.of(server, http, "127.0.0.1", 0, limits).connector());
    config.routes.get(PATH, context -> context.contentType("application/json").result(body));
  }

  private static void configure(Server server, LimitConfig limits) {
    server.setHandler(new GracefulHandler(new MinimumDataRateHandler(limits.minBodyRate(), 0)));
    server.setStopTimeout(Duration.ofSeconds(1).toMillis());
  }

  private static void configure(HttpConfiguration http) {
    http.setRequestHeaderSize(HEAD_BYTES);
    http.setUriCompliance(UriCompliance.UNSAFE);
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
  }
}
