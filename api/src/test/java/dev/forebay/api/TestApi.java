package dev.forebay.api;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.limit.LimitConfig;
import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Resource;
import dev.forebay.model.TableName;
import dev.forebay.model.Verb;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** An API over a PostgreSQL of its own, with the tables of publication.sql. */
final class TestApi implements AutoCloseable {

  static final Set<String> EDITOR = Set.of("editor");

  static final List<Resource> RESOURCES =
      List.of(
          resource("author", List.of("id"), "name"),
          resource(
              "article",
              List.of("id"),
              "slug",
              "title",
              "status",
              "author_id",
              "previous_id",
              "words",
              "price",
              "score",
              "free",
              "token",
              "day",
              "published_at",
              "local_at",
              "extra",
              "tags",
              "counts"),
          Resource.of(
              "odd",
              new TableName("public", "odd \"table"),
              List.of("k/1", "k 2"),
              List.of("k/1", "k 2", "col\"umn;--"),
              EDITOR),
          resource("guarded", List.of("id"), "id", "note"),
          resource("event", List.of("at"), "at", "what"),
          new Resource(
              "counted",
              new TableName("public", "counted"),
              List.of("id"),
              List.of("id", "note", "size"),
              Resource.forAll(EDITOR),
              "revision",
              true,
              null),
          resource("reading", List.of("id", "taken"), "id", "taken", "note"),
          new Resource(
              "owned",
              new TableName("public", "owned"),
              List.of("id"),
              List.of("id", "note"),
              Map.of(Verb.READ, EDITOR, Verb.CREATE, EDITOR, Verb.UPDATE, Set.of("chief")),
              null,
              false,
              "app_writer"),
          resource("label", List.of("article_id", "name"), "article_id", "name"),
          new Resource(
              "sealed",
              new TableName("public", "sealed"),
              List.of("id"),
              List.of("id", "note", "hidden"),
              Map.of(Verb.READ, Set.of("auditor"), Verb.CREATE, EDITOR, Verb.UPDATE, EDITOR),
              null,
              false,
              null),
          Resource.of(
              "nobodys",
              new TableName("public", "author"),
              List.of("id"),
              List.of("name"),
              Set.of()));

  /** The same, without a read model. */
  static final ReadModels MODELS =
      new ReadModels(List.of(), (connection, changes, goOn) -> {}, RESOURCES);

  final EmbeddedPostgres postgres;
  final HikariDataSource pool;
  final ApiKeys keys;
  final ApiServer server;
  final TestClient client;

  TestApi() throws Exception {
    this(unthrottled().withTimeouts(Duration.ofSeconds(3), Duration.ofMillis(200)));
  }

  TestApi(ApiConfig config) throws Exception {
    this(config, new SimpleMeterRegistry());
  }

  TestApi(ApiConfig config, MeterRegistry metrics) throws Exception {
    postgres = EmbeddedPostgres.builder().start();
    HikariConfig hikari =
        new PoolConfig(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "", 8, true)
            .hikari();
    hikari.addDataSourceProperty("socketTimeout", "4");
    pool = new HikariDataSource(hikari);
    LedgerSchema.migrate(postgres.getPostgresDatabase(), Instance.DEFAULT);
    execute(script());
    keys = new ApiKeys(pool, Instance.DEFAULT);
    server =
        new ApiServer(
            config.at("127.0.0.1", 0), pool, MODELS, keys, null, Instance.DEFAULT, metrics);
    server.start();
    client = new TestClient(server.port(), keys.create("tester", EDITOR));
  }

  /** The defaults, for a test that sends as much as it can. */
  static ApiConfig unthrottled() {
    return ApiConfig.DEFAULT.withBounds(
        1 << 20, Duration.ofSeconds(10), LimitConfig.DEFAULT.withRate(0, 1));
  }

  /** Runs SQL of the test's own, in a transaction. */
  void execute(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Asks for one value, past the API. */
  String ask(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "no row";
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    pool.close();
    postgres.close();
  }

  private static Resource resource(String name, List<String> key, String... write) {
    return Resource.of(name, new TableName("public", name), key, List.of(write), EDITOR);
  }

  private static String script() throws IOException {
    try (InputStream in = TestApi.class.getResourceAsStream("/publication.sql")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
