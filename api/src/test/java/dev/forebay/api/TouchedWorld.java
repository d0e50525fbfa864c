package dev.forebay.api;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.TestClient.Reply;
import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.token.TokenConfig;
import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.compile.ModelCompiler;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** An API that says what its writes touch, over touched.sql and touched.yaml. */
final class TouchedWorld implements AutoCloseable {

  /** A busy machine may take longer for a look than clients should wait. */
  static final Duration AFTERWARDS = Duration.ofSeconds(10);

  static final TokenConfig TOKENS =
      new TokenConfig(List.of("0123456789abcdef0123456789abcdef"), TokenConfig.LIFE, false, null)
          .withAfterwards(AFTERWARDS);

  final EmbeddedPostgres postgres;
  final HikariDataSource pool;
  final ReadModels models;
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final ApiKeys keys;
  final ApiServer server;
  final TestClient client;

  TouchedWorld() throws Exception {
    this(TOKENS);
  }

  TouchedWorld(@org.jspecify.annotations.Nullable TokenConfig tokens) throws Exception {
    this(tokens, pool -> pool);
  }

  /**
   * @param around what the API is given instead of its pool
   */
  TouchedWorld(
      @org.jspecify.annotations.Nullable TokenConfig tokens, UnaryOperator<DataSource> around)
      throws Exception {
    postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
    pool =
        new HikariDataSource(
            new PoolConfig(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "", 4, true)
                .hikari());
    LedgerSchema.migrate(postgres.getPostgresDatabase(), Instance.DEFAULT);
    execute(resource("/touched.sql"));
    try (Connection connection = postgres.getPostgresDatabase().getConnection()) {
      models = ModelCompiler.compileText(resource("/touched.yaml"), connection);
    }
    keys = new ApiKeys(pool, Instance.DEFAULT);
    server =
        new ApiServer(
            TestApi.unthrottled()
                .at("127.0.0.1", 0)
                .withTimeouts(Duration.ofSeconds(8), Duration.ofSeconds(8))
                .withTokens(tokens),
            around.apply(pool),
            models,
            keys,
            null,
            Instance.DEFAULT,
            metrics);
    server.start();
    client = new TestClient(server.port(), keys.create("tester", Set.of("editor")));
  }

  /** How often it has looked for those who wait. */
  double looks() {
    return metrics.get("forebay.wait.looks").counter().count();
  }

  /** The rows of touched_rows.sql and no others. */
  void reset() throws Exception {
    execute(resource("/touched_rows.sql"));
  }

  static List<String> documents(Reply reply) {
    return list(reply.header("Forebay-Documents"));
  }

  static List<String> models(Reply reply) {
    return list(reply.header("Forebay-Models"));
  }

  private static List<String> list(String header) {
    return header.isEmpty()
        ? List.of()
        : Arrays.stream(header.split(", ", -1))
            .map(one -> one.substring(1, one.length() - 1))
            .toList();
  }

  /** Every document there is, as it would be built now. */
  SortedMap<String, String> built() throws SQLException {
    SortedMap<String, String> documents = new TreeMap<>();
    try (SnapshotSession session = SnapshotSession.open(postgres.getPostgresDatabase())) {
      for (ReadModel model : models.models()) {
        List<DocumentKey> all = new ArrayList<>(model.keys(session.connection(), null, 100_000));
        for (Document document : model.build(session.connection(), all)) {
          String json = document.json();
          if (json != null) {
            documents.put(document.key().kvKey(), json);
          }
        }
      }
    }
    return documents;
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
      return row.next() ? String.valueOf(row.getString(1)) : "no row";
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = TouchedWorld.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    pool.close();
    postgres.close();
  }
}
