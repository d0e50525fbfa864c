package dev.forebay.api.limit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.component.AbstractLifeCycle;

/**
 * The connections of a server: a bounded number, none of which can be held for ever by sending
 * slowly. Starts and ends with the server.
 *
 * <p>Jetty's idle time-out begins anew with every byte, and its minimum rate ({@link
 * org.eclipse.jetty.server.handler.MinimumDataRateHandler}) is one of bodies. So heads are looked
 * at here: one that is not there in time costs its connection.
 */
public final class Connections extends AbstractLifeCycle {

  /** Who connects while others do should not have to try again; the system may allow fewer. */
  private static final int BACKLOG = 1_024;

  private static final int LOOKS_PER_TIMEOUT = 4;

  private final ServerConnector connector;
  private final NetworkConnectionLimit limit;
  private final Duration headTimeout;

  private Connections(
      ServerConnector connector, NetworkConnectionLimit limit, Duration headTimeout) {
    this.connector = connector;
    this.limit = limit;
    this.headTimeout = headTimeout;
  }

  /**
   * Makes a server's connector, which the caller adds to it.
   *
   * @param port 0 takes any that is free
   */
  public static Connections of(
      Server server, HttpConfiguration http, String host, int port, LimitConfig config) {
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(host);
    connector.setPort(port);
    connector.setAcceptQueueSize(BACKLOG);
    connector.setIdleTimeout(config.idleTimeout().toMillis());
    NetworkConnectionLimit limit = new NetworkConnectionLimit(config.connections(), connector);
    Connections connections = new Connections(connector, limit, config.headTimeout());
    server.addBean(limit);
    server.addBean(connections);
    return connections;
  }

  /** Where clients connect. */
  public ServerConnector connector() {
    return connector;
  }

  /** How many are open. */
  public int open() {
    return limit.getNetworkConnectionCount();
  }

  @Override
  protected void doStart() {
    lookLater();
  }

  private void lookLater() {
    long millis = Math.max(1, headTimeout.toMillis() / LOOKS_PER_TIMEOUT);
    connector.getScheduler().schedule(this::look, millis, TimeUnit.MILLISECONDS);
  }

  private void look() {
    if (!isRunning()) {
      return;
    }
    try {
      connector.getConnectedEndPoints().stream().filter(this::isLate).forEach(EndPoint::close);
    } finally {
      lookLater();
    }
  }

  /** Whether a head has begun and has not ended in time. */
  private boolean isLate(EndPoint endPoint) {
    if (!(endPoint.getConnection() instanceof HttpConnection connection)) {
      return false;
    }
    HttpParser parser = connection.getParser();
    return parser.inHeaderState()
        && !parser.isStart()
        && NanoTime.since(parser.getBeginNanoTime()) > headTimeout.toNanos();
  }
}
