package dev.forebay.api;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.auth.LoginThrottle;
import dev.forebay.api.auth.jwt.JwtVerifier;
import dev.forebay.api.catalog.CatalogReader;
import dev.forebay.api.docs.DocsRoutes;
import dev.forebay.api.http.Authenticator;
import dev.forebay.api.http.HttpConfig;
import dev.forebay.api.http.HttpServer;
import dev.forebay.api.http.JsonBody;
import dev.forebay.api.http.Routes;
import dev.forebay.api.openapi.ApiDocument;
import dev.forebay.api.origin.OriginConfig;
import dev.forebay.api.origin.OriginRoutes;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.resource.ResourceTables;
import dev.forebay.api.route.Delivery;
import dev.forebay.api.route.ResourceRoutes;
import dev.forebay.api.route.TransactionRoutes;
import dev.forebay.api.row.RowStore;
import dev.forebay.api.settle.Settlement;
import dev.forebay.api.token.TokenConfig;
import dev.forebay.api.token.Tokens;
import dev.forebay.api.touch.Touches;
import dev.forebay.api.touch.receipt.Receipts;
import dev.forebay.api.transaction.Transactions;
import dev.forebay.api.write.Retention;
import dev.forebay.api.write.Writes;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Resource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
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

  /** All looks for what one write touches; it is not to wait for more. */
  private static final Duration TOUCH_TIME = Duration.ofSeconds(1);

  private final ApiConfig config;
  private final DataSource dataSource;
  private final ReadModels models;
  private final List<Resource> resources;
  private final Authenticator authenticator;
  private final Instance instance;
  private final MeterRegistry metrics;
  private final @Nullable OriginConfig origin;
  private @Nullable HttpServer server;
  private @Nullable Retention retention;
  private @Nullable Settlement settlement;
  private volatile boolean serving;

  /** A server for keys only, without read models, that nobody measures. */
  public ApiServer(
      ApiConfig config,
      DataSource dataSource,
      List<Resource> resources,
      ApiKeys keys,
      Instance instance) {
    this(
        config,
        dataSource,
        new ReadModels(List.of(), (connection, changes, goOn) -> {}, resources),
        keys,
        null,
        instance,
        new CompositeMeterRegistry());
  }

  /** A server without origin reads. */
  public ApiServer(
      ApiConfig config,
      DataSource dataSource,
      ReadModels models,
      ApiKeys keys,
      @Nullable JwtVerifier tokens,
      Instance instance,
      MeterRegistry metrics) {
    this(config, dataSource, models, keys, tokens, instance, metrics, null);
  }

  /**
   * @param dataSource a pool whose waits are short, see {@link PoolConfig}; not closed here
   * @param models what to serve, and of which documents are made
   * @param keys who may call
   * @param tokens who else may call; null: JWTs are refused
   * @param instance whose ledger keeps what repetitions are answered, and who changed what
   * @param metrics where requests are measured
   * @param origin what the edge may read documents with; null: it may not
   */
  public ApiServer(
      ApiConfig config,
      DataSource dataSource,
      ReadModels models,
      ApiKeys keys,
      @Nullable JwtVerifier tokens,
      Instance instance,
      MeterRegistry metrics,
      @Nullable OriginConfig origin) {
    this.config = config;
    this.dataSource = dataSource;
    this.models = models;
    this.resources = models.resources();
    this.authenticator = new Authenticator(keys, tokens, new LoginThrottle(Ticker.systemTicker()));
    this.instance = instance;
    this.metrics = metrics;
    this.origin = origin;
  }

  /**
   * Reads the catalog, binds the port and serves.
   *
   * @throws InvalidSetupException with every resource that does not fit the database, or whose rows
   *     this role cannot lock though there are tokens, or if the port cannot be bound
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
    List<ResourceTable> tables = stores.stream().map(RowStore::table).toList();
    Writes writes = writes(transactions, tables);
    if (config.tokens() != null) {
      // Half of the connections remain for those who do not wait.
      int most = Math.max(1, config.limits().connections() / 2);
      settlement = Settlement.of(dataSource, models, instance, most, metrics);
      settlement.start();
    }
    Delivery delivery = new Delivery(settlement);
    JsonBody json = new JsonBody(config.maxBodyBytes(), config.maxJsonDepth());
    List<Routes> routes = new ArrayList<>();
    routes.add(new DocsRoutes(ApiDocument.of(tables), config.docs()));
    routes.add(new TransactionRoutes(stores, writes, json, delivery));
    stores.forEach(
        store -> routes.add(new ResourceRoutes(store, transactions, writes, json, delivery)));
    if (origin != null) {
      routes.add(OriginRoutes.of(origin, dataSource, instance, metrics));
    }
    server = new HttpServer(http(), routes, authenticator, metrics);
    retention = new Retention(dataSource, instance);
    retention.start();
    serving = true;
    LOG.atInfo()
        .addKeyValue("host", config.host())
        .addKeyValue("port", port())
        .addKeyValue("resources", resources.size())
        .log("api started");
  }

  private Writes writes(Transactions transactions, List<ResourceTable> tables) throws SQLException {
    TokenConfig tokens = config.tokens();
    if (tokens == null) {
      return new Writes(transactions, instance);
    }
    Duration mostTime =
        TOUCH_TIME.compareTo(config.statementTimeout()) < 0
            ? TOUCH_TIME
            : config.statementTimeout();
    return new Writes(
        transactions,
        instance,
        Touches.read(dataSource, models, tables, instance, mostTime, tokens.afterwards()),
        new Receipts(new Tokens(tokens, instance, InstantSource.system()), tokens));
  }

  private HttpConfig http() {
    return new HttpConfig(
        config.host(),
        config.port(),
        config.maxBodyBytes(),
        config.maxJsonDepth(),
        config.stopTimeout(),
        config.limits(),
        config.corsOrigins(),
        config.tokens() != null && config.tokens().cookie());
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

  /**
   * Takes no new requests and waits for those in flight, at most the configured time; who waits for
   * KV is told that it is pending.
   */
  @Override
  public void close() {
    serving = false;
    if (retention != null) {
      retention.close();
    }
    if (settlement != null) {
      settlement.abandon();
    }
    if (server != null) {
      server.close();
      server = null;
      LOG.info("api stopped");
    }
    if (settlement != null) {
      settlement.close();
    }
  }
}
