package dev.forebay.ops.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.ApiConfig;
import dev.forebay.api.ApiServer;
import dev.forebay.api.PoolConfig;
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
import dev.forebay.ops.bench.Comparison.Round;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;

/**
 * What an origin read of a document in memory costs: signature, rate, token and all, for a client
 * that wrote the document, against an empty route of the same server with an answer of the same
 * size. Both get the same requests, in turns.
 */
public final class OriginBench {

  private static final int CLIENTS = 16;
  private static final int DOCUMENTS = 100;
  private static final int WARM_UP_TURNS = 8;
  private static final double BOUND = 0.7;
  private static final TokenConfig TOKENS =
      new TokenConfig(List.of("a secret that only this bench has"), TokenConfig.LIFE, false, null);

  private static final String YAML =
      """
      models:
        article:
          from: article
          key: "{id}"
          fields: [id, title, body]
      """;

  private final int rounds;
  private final Duration turn;
  private final PrintWriter out;
  private final InstantSource clock = InstantSource.system();
  private final EdgeSignature edge = new EdgeSignature(TOKENS.secrets(), clock);
  private final Tokens tokens = new Tokens(TOKENS, Instance.DEFAULT, clock);
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  /**
   * @param rounds of the comparison
   * @param turn how long each side works in each round, at most 20 s; documents stay in memory for
   *     three minutes, so all of it must be over by then
   * @param out takes the figures
   */
  public OriginBench(int rounds, Duration turn, PrintWriter out) {
    this.rounds = rounds;
    this.turn = turn;
    this.out = out;
  }

  /**
   * Measures.
   *
   * @return whether the bound was kept and PostgreSQL was asked nothing meanwhile
   */
  public boolean run() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
        HikariDataSource pool =
            new PoolConfig(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "", 4, true)
                .open()) {
      prepare(postgres.getPostgresDatabase());
      LimitConfig limits = LimitConfig.DEFAULT.withRate(0, 1);
      try (ApiServer api = server(pool, limits)) {
        api.start();
        return measure(postgres.getPostgresDatabase(), api.port(), limits);
      }
    }
  }

  private boolean measure(DataSource database, int port, LimitConfig limits) throws Exception {
    try (EmptyServer empty = new EmptyServer(ask(database, "select body from sample"), limits)) {
      String history = ask(database, "select id from forebay.history");
      HttpClients api = new HttpClients(port, "none");
      HttpClients bare = new HttpClients(empty.port(), "none");
      Client.Factory read =
          client -> client(api, client, history, "/v1/documents/article/" + client);
      Client.Factory constant = client -> client(bare, client, history, EmptyServer.PATH);
      out.printf(
          "%d clients, %d s a turn, %d rounds; warming up%n", CLIENTS, turn.toSeconds(), rounds);
      out.flush();
      // One after the other: all at once would be more than origin reads may build.
      for (int i = 0; i < CLIENTS; i++) {
        try (Client one = read.open(i)) {
          one.once(0);
        }
      }
      for (int i = 0; i < WARM_UP_TURNS; i++) {
        Turn.run(CLIENTS, turn, read);
        Turn.run(CLIENTS, turn, constant);
      }
      List<Round> all = new ArrayList<>();
      double queries = queries();
      for (int i = 0; i < rounds; i++) {
        all.add(new Round(Turn.run(CLIENTS, turn, read), Turn.run(CLIENTS, turn, constant)));
      }
      return judge(new Comparison("origin", all), queries() - queries);
    }
  }

  private boolean judge(Comparison comparison, double queries) {
    comparison.lines().forEach(out::println);
    double rate = comparison.median(Round::rate);
    boolean kept = rate >= BOUND && queries == 0;
    out.printf(
        Locale.ROOT,
        "         rate, of an empty route's: %.2f, wanted at least %.1f; queries: %.0f, wanted 0:"
            + " %s%n",
        rate,
        BOUND,
        queries,
        kept ? "kept" : "NOT KEPT");
    out.flush();
    return kept;
  }

  private double queries() {
    return metrics.get("forebay.origin.queries").counter().count();
  }

  /** One who wrote this document a moment ago, as the edge asks for it. */
  private Client client(HttpClients http, int id, String history, String path) throws IOException {
    String kvKey = "article:" + id;
    SortedMap<String, SortedSet<String>> documents = new TreeMap<>();
    documents.put("article", new TreeSet<>(List.of(kvKey)));
    String token = tokens.issue(List.of(), new Touched(1, documents, new TreeSet<>()), history);
    String signature = edge.sign(clock.instant().plusSeconds(30), "192.0.2." + id, kvKey);
    String headers = "Forebay-Edge: " + signature + "\r\nForebay-Token: " + token + "\r\n";
    return http.open(i -> "GET " + path, i -> "", headers);
  }

  private ApiServer server(DataSource pool, LimitConfig limits) throws SQLException {
    ReadModels models;
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(true);
      models = ModelCompiler.compileText(YAML, connection);
    }
    return new ApiServer(
        ApiConfig.DEFAULT.at("127.0.0.1", 0).withBounds(1 << 20, Duration.ofSeconds(1), limits),
        pool,
        models,
        new ApiKeys(pool, Instance.DEFAULT),
        null,
        Instance.DEFAULT,
        metrics,
        new OriginConfig(models, TOKENS, OriginConfig.CACHE_BYTES, 0, 1, 2));
  }

  private static String ask(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void prepare(DataSource database) throws SQLException {
    LedgerSchema.migrate(database, Instance.DEFAULT);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create table article (id integer primary key, title text not null, body text not null);
          insert into article
            select i, 'title ' || i, repeat('lorem ipsum ', 80) from generate_series(0, %d) i;
          create view sample as
            select jsonb_build_object('id', id, 'title', title, 'body', body)::text as body
            from article where id = 10\
          """
              .formatted(DOCUMENTS));
    }
  }
}
