package dev.forebay.api;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.TestClient.Reply;
import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.limit.LimitConfig;
import dev.forebay.api.origin.OriginConfig;
import dev.forebay.api.token.EdgeSignature;
import dev.forebay.api.token.TokenConfig;
import dev.forebay.api.token.Tokens;
import dev.forebay.api.token.Touched;
import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModels;
import dev.forebay.model.compile.ModelCompiler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** An API with origin reads over a PostgreSQL of its own, and an edge that asks it. */
final class OriginWorld implements AutoCloseable {

  static final String SECRET = "the-secret-of-the-tests-0123456789abcdef";
  static final String OLD_SECRET = "the-secret-of-yesterday-0123456789abcdef";
  static final TokenConfig TOKENS =
      new TokenConfig(List.of(SECRET, OLD_SECRET), Duration.ofMinutes(3), false, null);

  private static final Instance INSTANCE = new Instance("preview");
  private static final int POOL = 8;
  private static final Duration CLIENT_PATIENCE = Duration.ofMinutes(2);

  private static final String YAML =
      """
      models:
        article:
          from: article
          key: "{id}"
          fields: [id, n]
        notes:
          singleton: true
          include: { latest: { from: note, fields: [id], order: id, limit: 3 } }
      resources:
        note: { table: note, key: id, write: [id], roles: [editor] }
      """;

  final EmbeddedPostgres postgres;
  final HikariDataSource pool;
  final CountingDataSource counted;
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final ApiServer server;
  final TestClient client;
  final EdgeSignature edge = new EdgeSignature(List.of(SECRET), InstantSource.system());
  final Tokens tokens = new Tokens(TOKENS, INSTANCE, InstantSource.system());

  OriginWorld() throws Exception {
    this(0, 1, LimitConfig.DEFAULT.inFlight());
  }

  OriginWorld(int requestsPerSecond, int burst, int inFlight) throws Exception {
    this(requestsPerSecond, burst, inFlight, OriginConfig.PATIENCE);
  }

  OriginWorld(int requestsPerSecond, int burst, int inFlight, Duration patience) throws Exception {
    postgres = EmbeddedPostgres.builder().setServerConfig("max_connections", "100").start();
    String url = postgres.getJdbcUrl("postgres", "postgres");
    pool = new PoolConfig(url, "postgres", "", POOL, true).open();
    counted = new CountingDataSource(pool);
    LedgerSchema.migrate(postgres.getPostgresDatabase(), INSTANCE);
    execute(
        """
        create table article (id text primary key, n bigint not null);
        alter table article replica identity full;
        create table note (id integer primary key);
        insert into article values ('a', 1), ('b', 1), ('ä/b %c+;', 1), ('.', 1);
        insert into note values (1)\
        """);
    ReadModels models;
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(true);
      models = ModelCompiler.compileText(YAML, connection);
    }
    ApiKeys keys = new ApiKeys(pool, INSTANCE);
    LimitConfig limits = LimitConfig.DEFAULT.withRate(0, 1).withAtOnce(inFlight, 3_000);
    server =
        new ApiServer(
            ApiConfig.DEFAULT.at("127.0.0.1", 0).withBounds(1 << 20, Duration.ofSeconds(5), limits),
            counted,
            models,
            keys,
            null,
            INSTANCE,
            metrics,
            new OriginConfig(
                    models, TOKENS, 1 << 20, requestsPerSecond, burst, OriginConfig.loads(POOL))
                .withPatience(patience));
    server.start();
    client = new TestClient(server.port(), keys.create("editor", Set.of("editor")));
  }

  /** Asks as the edge does. */
  Reply read(String id, String... headers) {
    return get(path(id), sign("192.0.2.1", kvKey(id)), headers);
  }

  /** Asks with this in the place of a signature, and waits for as long as it may take. */
  Reply get(String path, @Nullable String signature, String... headers) {
    var request =
        client
            .request("GET", path, BodyPublishers.noBody())
            .timeout(CLIENT_PATIENCE)
            .setHeader("Authorization", "no");
    if (signature != null) {
      request.setHeader("Forebay-Edge", signature);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return client.send(request);
  }

  /** For nearly as long as a signature may be good, however slowly a request is sent. */
  String sign(String address, String kvKey) {
    return edge.sign(InstantSource.system().instant().plusSeconds(59), address, kvKey);
  }

  static String path(String id) {
    String key = kvKey(id);
    return "/v1/documents/article/" + encode(key.substring(key.indexOf(':') + 1));
  }

  /** As KV has it, with the instance's prefix. */
  static String kvKey(String id) {
    return "preview.article:" + encode(id);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A token of a client that carried some, after its transaction has touched a document. */
  String token(List<String> carried, long xid, String... ids) throws SQLException {
    SortedMap<String, SortedSet<String>> documents = new TreeMap<>();
    for (String id : ids) {
      documents.computeIfAbsent("article", model -> new TreeSet<>()).add(kvKey(id));
    }
    return tokens.issue(carried, new Touched(xid, documents, new TreeSet<>()), history());
  }

  String history() throws SQLException {
    return ask("select id from forebay_preview.history");
  }

  /** Adds one to a row's number, past the API. */
  Written write(Connection connection, String id) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "update article set n = n + 1 where id = '"
                    + id
                    + "' returning n, pg_current_xact_id()::text::bigint")) {
      row.next();
      return new Written(row.getLong(1), row.getLong(2));
    }
  }

  /** What was written, and by which transaction. */
  record Written(long n, long xid) {}

  Written write(String id) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
      return write(connection, id);
    }
  }

  double reads(String outcome) {
    return metrics.get("forebay.origin.reads").tag("outcome", outcome).counter().count();
  }

  double queries() {
    return metrics.get("forebay.origin.queries").counter().count();
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  String ask(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    pool.close();
    postgres.close();
  }
}
