package dev.forebay.ops.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.ApiConfig;
import dev.forebay.api.ApiServer;
import dev.forebay.api.PoolConfig;
import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.limit.LimitConfig;
import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.Instance;
import dev.forebay.model.Resource;
import dev.forebay.model.TableName;
import dev.forebay.ops.bench.Comparison.Round;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * What the API costs over JDBC: inserts and patches by clients over HTTP against a loop with the
 * same statements, parameters, pool and transactions; arrays of rows against a JDBC batch; and
 * patches while other clients idle and dawdle. In turns, against a PostgreSQL that syncs its log.
 */
public final class WriteBench {

  private static final int CLIENTS = 16;
  private static final int ROWS = 64_000;
  private static final int BATCH = 1_000;
  private static final int IDLE = 200;
  private static final int WARM_UP_TURNS = 8;

  /** A row that is patched while somebody listens; the bare loop puts its own in its place. */
  private static final String SAMPLE = "63999";

  private final int rounds;
  private final Duration turn;
  private final PrintWriter out;

  /**
   * @param rounds of each comparison
   * @param turn how long each side works in each round
   * @param out takes the figures
   */
  public WriteBench(int rounds, Duration turn, PrintWriter out) {
    this.rounds = rounds;
    this.turn = turn;
    this.out = out;
  }

  /**
   * Measures everything.
   *
   * @return whether every bound was kept
   */
  public boolean run() throws Exception {
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.builder()
                // The library's own settings are for tests: they lose commits in a crash.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .start();
        HikariDataSource pool =
            new PoolConfig(
                    postgres.getJdbcUrl("postgres", "postgres"), "postgres", "", CLIENTS, true)
                .open()) {
      prepare(postgres.getPostgresDatabase());
      ApiKeys keys = new ApiKeys(pool, Instance.DEFAULT);
      String key = keys.create("bench", Set.of("bench"));
      try (ApiServer server = server(pool, keys)) {
        server.start();
        return measure(pool, keys, new HttpClients(server.port(), key));
      }
    }
  }

  private boolean measure(HikariDataSource pool, ApiKeys keys, HttpClients http) throws Exception {
    Client.Factory insert = client -> http.open(i -> "POST /v1/article", i -> body(i), "");
    Client.Factory patch =
        client -> http.open(i -> "PATCH /v1/article/" + row(client, i), i -> body(i), "");
    Statements inserting = listen(pool, keys, http, "POST /v1/article");
    Statements patching = listen(pool, keys, http, "PATCH /v1/article/" + SAMPLE);
    out.printf(
        "%d clients, %d s a turn, %d rounds; warming up%n", CLIENTS, turn.toSeconds(), rounds);
    out.flush();
    for (int i = 0; i < WARM_UP_TURNS; i++) {
      Turn.run(CLIENTS, turn, patch);
      Turn.run(CLIENTS, turn, insert);
    }
    boolean kept = true;
    kept &= compare("insert", insert, client -> bare(pool, inserting, client));
    kept &= compare("patch", patch, client -> bare(pool, patching, client));
    kept &= compareArrays(pool, http);
    kept &= compareCrowd(http, patch);
    return kept;
  }

  private boolean compare(String name, Client.Factory api, Client.Factory bare) throws Exception {
    Comparison comparison = rounds(name, CLIENTS, api, bare);
    boolean kept = judge("rate, of the bare loop's", comparison.median(Round::rate), 0.6, true);
    return judge("p99, times the bare loop's", comparison.median(Round::p99), 3, false) && kept;
  }

  /** Rows a second, not requests, is what both sides have in common; the ratio is the same. */
  private boolean compareArrays(DataSource pool, HttpClients http) throws Exception {
    String body =
        IntStream.range(0, BATCH)
            .mapToObj(WriteBench::body)
            .collect(Collectors.joining(",", "[", "]"));
    Client.Factory minimal =
        client -> http.open(i -> "POST /v1/article", i -> body, "Prefer: return=minimal\r\n");
    Client.Factory whole = client -> http.open(i -> "POST /v1/article", i -> body, "");
    Client.Factory batch = client -> number -> batch(pool);
    rounds("1,000", 1, whole, batch);
    Comparison comparison = rounds("minimal", 1, minimal, batch);
    return judge("arrays, of a JDBC batch's rate", comparison.median(Round::rate), 0.7, true);
  }

  /** The bound is ours: a crowd that does nothing may cost a tenth. */
  private boolean compareCrowd(HttpClients http, Client.Factory patch) throws Exception {
    List<Round> all = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      Turn with;
      try (Crowd crowd = new Crowd()) {
        crowd.arrive(http, IDLE);
        with = Turn.run(CLIENTS, turn, patch);
      }
      all.add(new Round(with, Turn.run(CLIENTS, turn, patch)));
    }
    Comparison comparison = new Comparison("crowd", all);
    comparison.lines().forEach(out::println);
    out.printf(
        "         (API: beside %d open connections and slow senders; bare: without)%n", IDLE);
    return judge("rate, of that without a crowd", comparison.median(Round::rate), 0.8, true);
  }

  private Comparison rounds(String name, int clients, Client.Factory api, Client.Factory bare)
      throws Exception {
    List<Round> all = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      all.add(new Round(Turn.run(clients, turn, api), Turn.run(clients, turn, bare)));
    }
    Comparison comparison = new Comparison(name, all);
    comparison.lines().forEach(out::println);
    out.flush();
    return comparison;
  }

  private boolean judge(String what, double figure, double bound, boolean atLeast) {
    boolean kept = atLeast ? figure >= bound : figure <= bound;
    out.printf(
        Locale.ROOT,
        "         %s: %.2f, wanted at %s %.1f: %s%n",
        what,
        figure,
        atLeast ? "least" : "most",
        bound,
        kept ? "kept" : "NOT KEPT");
    out.flush();
    return kept;
  }

  private Statements listen(HikariDataSource pool, ApiKeys keys, HttpClients http, String head)
      throws Exception {
    Statements statements = new Statements();
    try (ApiServer server = server(statements.listening(pool), keys)) {
      server.start();
      try (Client client =
          new HttpClients(server.port(), http.key()).open(i -> head, i -> body(i), "")) {
        client.once(0);
        statements.forget();
        client.once(1);
      }
    }
    return statements;
  }

  private static ApiServer server(DataSource pool, ApiKeys keys) {
    Resource article =
        Resource.of(
            "article",
            new TableName("public", "article"),
            List.of("id"),
            List.of("title", "words"),
            Set.of("bench"));
    ApiConfig config =
        ApiConfig.DEFAULT
            .at("127.0.0.1", 0)
            .withBounds(1 << 20, Duration.ZERO, LimitConfig.DEFAULT.withRate(0, 1));
    return new ApiServer(config, pool, List.of(article), keys, Instance.DEFAULT);
  }

  private static Client bare(DataSource pool, Statements statements, int client) {
    return number -> {
      try (Connection connection = pool.getConnection()) {
        statements.repeat(connection, SAMPLE, Integer.toString(row(client, number)));
      }
    };
  }

  private static void batch(DataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("insert into article (title, words) values (?, ?)")) {
      connection.setAutoCommit(false);
      for (int i = 0; i < BATCH; i++) {
        statement.setString(1, "title " + i);
        statement.setInt(2, i);
        statement.addBatch();
      }
      statement.executeBatch();
      connection.commit();
    }
  }

  private static String body(int number) {
    return "{\"title\":\"title " + number + "\",\"words\":" + number % 1_000 + "}";
  }

  /** No two clients write the same row, so nobody waits for a lock. */
  private static int row(int client, int number) {
    return client * (ROWS / CLIENTS) + number % (ROWS / CLIENTS) + 1;
  }

  private static void prepare(DataSource database) throws SQLException {
    LedgerSchema.migrate(database, Instance.DEFAULT);
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create table article (
            id bigint generated by default as identity primary key,
            title text not null, words integer not null);
          insert into article (title, words) select 'title', 0 from generate_series(1, %d)\
          """
              .formatted(ROWS));
      statement.execute("vacuum analyze article");
    }
  }

  /** Connections that are open, and senders that never finish what they began. */
  private static final class Crowd implements AutoCloseable {
    private static final int SLOW = 10;
    private final List<Socket> sockets = new ArrayList<>();

    void arrive(HttpClients http, int connections) throws IOException {
      byte[] request = http.request("POST /v1/article", body(0), "");
      for (int i = 0; i < connections; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port());
        sockets.add(socket);
        if (i < SLOW) {
          socket.getOutputStream().write(request, 0, request.length - 1);
        } else if (i < 2 * SLOW) {
          socket.getOutputStream().write("POST /v1/art".getBytes(StandardCharsets.US_ASCII));
        }
      }
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
