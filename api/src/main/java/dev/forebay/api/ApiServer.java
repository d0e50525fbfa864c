package dev.forebay.api;

import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.catalog.CatalogReader;
import dev.forebay.api.http.HttpConfig;
import dev.forebay.api.http.HttpServer;
import dev.forebay.api.resource.ResourceStore;
import dev.forebay.api.resource.ResourceTables;
import dev.forebay.api.resource.Transactions;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Resource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to PostgreSQL over HTTP.
 *
 * <p>Start it once, close it once, from one thread; it serves on threads of its own.
 */
public final class ApiServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

  private final ApiConfig config;
  private final DataSource dataSource;
  private final List<Resource> resources;
  private final ApiKeys keys;
  private final MeterRegistry metrics;
  private @Nullable HttpServer server;
  private volatile boolean serving;

  /** A server that nobody measures. */
  public ApiServer(
      ApiConfig config, DataSource dataSource, List<Resource> resources, ApiKeys keys) {
    this(config, dataSource, resources, keys, new CompositeMeterRegistry());
  }

  /**
   * @param dataSource a pool whose waits are short, see {@link PoolConfig}; not closed here
   * @param resources what to serve
   * @param keys who may call
   * @param metrics where requests are measured
   */
  public ApiServer(
      ApiConfig config,
      DataSource dataSource,
      List<Resource> resources,
      ApiKeys keys,
      MeterRegistry metrics) {
    this.config = config;
    this.dataSource = dataSource;
    this.resources = List.copyOf(resources);
    this.keys = keys;
    this.metrics = metrics;
  }

  /**
   * Reads the catalog, binds the port and serves.
   *
   * @throws InvalidSetupException with every resource that does not fit the database, or if the
   *     port cannot be bound
   * @throws SQLException if the database cannot be read
   */
  public void start() throws SQLException {
    if (server != null) {
      throw new IllegalStateException("already started");
    }
    Transactions transactions =
        new Transactions(dataSource, config.statementTimeout(), config.lockTimeout());
    List<ResourceStore> stores =
        ResourceTables.read(new CatalogReader(dataSource), resources).stream()
            .map(table -> new ResourceStore(table, transactions))
            .toList();
    server = new HttpServer(http(), stores, keys, metrics);
    serving = true;
    LOG.atInfo()
        .addKeyValue("host", config.host())
        .addKeyValue("port", port())
        .addKeyValue("resources", resources.size())
        .log("api started");
  }

  private HttpConfig http() {
    return new HttpConfig(
        config.host(),
        config.port(),
        config.maxBodyBytes(),
        config.maxJsonDepth(),
        config.stopTimeout(),
        config.limits(),
        config.corsOrigins());
  }

  /** Whether it takes new requests: from the end of the start to the beginning of the end. */
  public boolean isServing() {
    return serving;
  }

  /** The port that is bound; the server must have been started. */
  public int port() {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server.port();
  }

  /** Takes no new requests and waits for those in flight, at most the configured time. */
  @Override
  public void close() {
    serving = false;
    if (server != null) {
      server.close();
      server = null;
      LOG.info("api stopped");
    }
  }
}
