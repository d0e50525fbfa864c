package dev.forebay.api;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.auth.ApiKeys;
import dev.forebay.model.Instance;
import dev.forebay.model.Resource;
import dev.forebay.model.TableName;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * PATCH through HTTP against a bare JDBC loop with the same SQL, pool and number of transactions,
 * in turns, in one process on one machine: run it by hand, it is no test.
 *
 * <p>Arguments: rounds (5) and seconds per turn (4).
 */
final class WriteBenchmark {

  private static final int CLIENTS = 16;
  private static final int ROWS = 1_000;

  /** The compilers need about 100,000 requests before the rate stays. */
  private static final int WARM_UP_TURNS = 8;

  private static final String SETTINGS =
      "select set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),"
          + " set_config('IntervalStyle', 'iso_8601', true),"
          + " set_config('bytea_output', 'hex', true),"
          + " set_config('extra_float_digits', '1', true),"
          + " set_config('statement_timeout', ?, true), set_config('lock_timeout', ?, true)";

  private static final String UPDATE =
      "with w as (update \"public\".\"author\" set \"name\" = ?::text where \"id\" = ?::bigint"
          + " returning \"id\", \"name\") select (select row_to_json(d)::text from"
          + " (select w.\"id\"::text as \"id\", w.\"name\") d), w.\"id\"::text,"
          + " pg_current_xact_id()::text from w";

  private final HikariDataSource pool;
  private final int port;
  private final String key;

  private WriteBenchmark(HikariDataSource pool, int port, String key) {
    this.pool = pool;
    this.port = port;
    this.key = key;
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 4;
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.builder().setServerConfig("fsync", "on").start();
        HikariDataSource pool =
            new PoolConfig(
                    postgres.getJdbcUrl("postgres", "postgres"), "postgres", "", CLIENTS, true)
                .open()) {
      prepare(postgres);
      ApiKeys keys = new ApiKeys(pool, Instance.DEFAULT);
      Resource author =
          Resource.of(
              "author",
              new TableName("public", "author"),
              List.of("id"),
              List.of("name"),
              Set.of("editor"));
      ApiConfig config = ApiConfig.DEFAULT.at("127.0.0.1", 0);
      try (ApiServer server =
          new ApiServer(config, pool, List.of(author), keys, Instance.DEFAULT)) {
        server.start();
        String key = keys.create("benchmark", Set.of("editor"));
        new WriteBenchmark(pool, server.port(), key).compare(rounds, seconds);
      }
    }
  }

  private void compare(int rounds, int seconds) throws Exception {
    System.out.println("warming up");
    for (int i = 0; i < WARM_UP_TURNS; i++) {
      System.out.printf("http %s%n", measure(seconds, this::http));
    }
    measure(seconds, this::jdbc);
    double[] ratios = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      Result http = measure(seconds, this::http);
      Result jdbc = measure(seconds, this::jdbc);
      ratios[round] = http.perSecond() / jdbc.perSecond();
      System.out.printf(
          "round %d: http %s, jdbc %s, ratio %.2f%n", round + 1, http, jdbc, ratios[round]);
    }
    Arrays.sort(ratios);
    System.out.printf("median ratio %.2f%n", ratios[rounds / 2]);
  }

  /** One client: sends requests until the time is up and returns how long each took. */
  private interface Client {
    List<Long> run(int number, long end) throws IOException, SQLException;
  }

  private record Result(double perSecond, double p50Millis, double p99Millis) {
    @Override
    public String toString() {
      return "%.0f/s (p50 %.1f ms, p99 %.1f ms)".formatted(perSecond, p50Millis, p99Millis);
    }
  }

  private static Result measure(int seconds, Client client) throws Exception {
    long begin = System.nanoTime();
    long end = begin + seconds * 1_000_000_000L;
    List<Long> all = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<List<Long>>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        Callable<List<Long>> task = () -> client.run(number, end);
        running.add(clients.submit(task));
      }
      for (Future<List<Long>> done : running) {
        all.addAll(done.get());
      }
    }
    double elapsed = (System.nanoTime() - begin) / 1e9;
    all.sort(null);
    return new Result(
        all.size() / elapsed, all.get(all.size() / 2) / 1e6, all.get(all.size() * 99 / 100) / 1e6);
  }

  private List<Long> jdbc(int number, long end) throws SQLException {
    List<Long> times = new ArrayList<>();
    for (int i = 0; System.nanoTime() < end; i++) {
      long begin = System.nanoTime();
      try (Connection connection = pool.getConnection()) {
        connection.setAutoCommit(false);
        try (PreparedStatement settings = connection.prepareStatement(SETTINGS)) {
          settings.setString(1, "5000");
          settings.setString(2, "2000");
          settings.executeQuery().close();
        }
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
          update.setString(1, "name " + i);
          update.setString(2, Integer.toString(row(number, i)));
          try (ResultSet result = update.executeQuery()) {
            result.next();
            result.getString(1);
          }
        }
        connection.commit();
      }
      times.add(System.nanoTime() - begin);
    }
    return times;
  }

  private List<Long> http(int number, long end) throws IOException {
    List<Long> times = new ArrayList<>();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; System.nanoTime() < end; i++) {
        long begin = System.nanoTime();
        out.write(request(row(number, i), "{\"name\":\"name " + i + "\"}"));
        readOk(in);
        times.add(System.nanoTime() - begin);
      }
    }
    return times;
  }

  private byte[] request(int row, String body) {
    return ("PATCH /v1/author/%d HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
            + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
        .formatted(row, key, body.length(), body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static void readOk(InputStream in) throws IOException {
    int length = 0;
    String line = line(in);
    if (!line.startsWith("HTTP/1.1 200")) {
      throw new IOException("answered " + line);
    }
    while (!line.isEmpty()) {
      if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
      line = line(in);
    }
    in.skipNBytes(length);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the server closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** No two clients write the same row, so nobody waits for a lock. */
  private static int row(int client, int i) {
    return client * (ROWS / CLIENTS) + i % (ROWS / CLIENTS) + 1;
  }

  private static void prepare(EmbeddedPostgres postgres) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create schema forebay;
          create table forebay.api_key (
            hash text primary key, name text not null, roles text[] not null,
            created_at timestamptz not null default now(),
            expires_at timestamptz, revoked_at timestamptz);
          create table author (
            id bigint generated by default as identity primary key, name text not null);
          insert into author (name) select 'name' from generate_series(1, %d)\
          """
              .formatted(ROWS));
    }
  }
}
