package dev.forebay.api;

import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.catalog.CatalogReader;
import dev.forebay.api.http.DocsAccess;
import dev.forebay.api.http.HttpConfig;
import dev.forebay.api.http.HttpServer;
import dev.forebay.api.resource.ResourceStore;
import dev.forebay.api.resource.ResourceTables;
import dev.forebay.api.resource.Transactions;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Resource;
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
  private final DocsAccess access;
  private @Nullable HttpServer server;

  /** An API whose description is for those who have a key. */
  public ApiServer(
      ApiConfig config, DataSource dataSource, List<Resource> resources, ApiKeys keys) {
    this(config, dataSource, resources, keys, DocsAccess.WITH_KEY);
  }

  /**
   * @param dataSource a pool whose waits are short, see {@link PoolConfig}; not closed here
   * @param resources what to serve
   * @param keys who may call
   * @param access who may read the description of the API
   */
  public ApiServer(
      ApiConfig config,
      DataSource dataSource,
      List<Resource> resources,
      ApiKeys keys,
      DocsAccess access) {
    this.config = config;
    this.dataSource = dataSource;
    this.resources = List.copyOf(resources);
    this.keys = keys;
    this.access = access;
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
    server = new HttpServer(http(), stores, keys, access);
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
        config.stopTimeout());
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
    if (server != null) {
      server.close();
      server = null;
      LOG.info("api stopped");
    }
  }
}
