package dev.forebay.api;

import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.catalog.CatalogReader;
import dev.forebay.api.docs.DocsAccess;
import dev.forebay.api.docs.DocsRoutes;
import dev.forebay.api.http.HttpConfig;
import dev.forebay.api.http.HttpServer;
import dev.forebay.api.http.JsonBody;
import dev.forebay.api.http.Routes;
import dev.forebay.api.openapi.ApiDocument;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.resource.ResourceTables;
import dev.forebay.api.route.ResourceRoutes;
import dev.forebay.api.route.TransactionRoutes;
import dev.forebay.api.row.RowStore;
import dev.forebay.api.transaction.Transactions;
import dev.forebay.api.write.Retention;
import dev.forebay.api.write.Writes;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Resource;
import java.sql.SQLException;
import java.util.ArrayList;
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
  private final Instance instance;
  private final DocsAccess access;
  private @Nullable HttpServer server;
  private @Nullable Retention retention;

  /**
   * @param dataSource a pool whose waits are short, see {@link PoolConfig}; not closed here
   * @param resources what to serve
   * @param keys who may call
   * @param instance whose ledger keeps what repetitions are answered, and who changed what
   */
  public ApiServer(
      ApiConfig config,
      DataSource dataSource,
      List<Resource> resources,
      ApiKeys keys,
      Instance instance) {
    this(config, dataSource, resources, keys, instance, DocsAccess.WITH_KEY);
  }

  /** As above, with others who may read the description of the API. */
  public ApiServer(
      ApiConfig config,
      DataSource dataSource,
      List<Resource> resources,
      ApiKeys keys,
      Instance instance,
      DocsAccess access) {
    this.config = config;
    this.dataSource = dataSource;
    this.resources = List.copyOf(resources);
    this.keys = keys;
    this.instance = instance;
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
    List<RowStore> stores =
        ResourceTables.read(new CatalogReader(dataSource), resources).stream()
            .map(RowStore::new)
            .toList();
    Writes writes = new Writes(transactions, instance);
    JsonBody json = new JsonBody(config.maxBodyBytes(), config.maxJsonDepth());
    List<Routes> routes = new ArrayList<>();
    List<ResourceTable> tables = stores.stream().map(RowStore::table).toList();
    routes.add(new DocsRoutes(ApiDocument.of(tables), access));
    routes.add(new TransactionRoutes(stores, writes, json));
    stores.forEach(store -> routes.add(new ResourceRoutes(store, transactions, writes, json)));
    server = new HttpServer(http(), routes, keys);
    retention = new Retention(dataSource, instance);
    retention.start();
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
    if (retention != null) {
      retention.close();
    }
    if (server != null) {
      server.close();
      server = null;
      LOG.info("api stopped");
    }
  }
}
