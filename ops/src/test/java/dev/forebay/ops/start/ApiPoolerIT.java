package dev.forebay.ops.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ops.config.ApiSettings;
import dev.forebay.ops.config.Environment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole API behind the real PgBouncer in transaction mode. */
class ApiPoolerIT {

  private static final int SERVER_CONNECTIONS = 2;
  private static final int CLIENTS = 16;
  private static final int ROUNDS = 25;

  @TempDir static Path directory;
  @TempDir static Path pooler;
  private static EmbeddedPostgres postgres;
  private static PgBouncer bouncer;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "create table note (id bigint generated always as identity primary key,"
              + " client int not null, title text not null)");
    }
    Files.writeString(
        directory.resolve("forebay.yaml"),
        """
        models:
          note: { from: note, key: "{id}", fields: [title] }
        resources:
          note: { table: note, key: id, write: [client, title], roles: [editor] }
        """);
    bouncer =
        new PgBouncer(
            pooler,
            "transaction",
            postgres.getPort(),
            "postgres",
            "default_pool_size = " + SERVER_CONNECTIONS);
  }

  @AfterAll
  static void stop() throws IOException {
    bouncer.close();
    postgres.close();
  }

  @Test
  void sixteenClients_overTwoServerConnections() throws Exception {
    ApiSettings settings = settings();
    try (Lifetime lifetime = new Lifetime();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      ApiProcess api = new ApiProcess(settings, new SimpleMeterRegistry(), lifetime);
      api.serve();
      String key = api.keys().create("pooled", Set.of("editor"));
      List<Callable<Integer>> work = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        work.add(() -> work(settings.api().url() + "/v1/note", key, client));
      }

      int most = 0;
      for (Future<Integer> done : clients.invokeAll(work)) {
        most = Math.max(most, done.get());
      }

      assertThat(most).as("server processes at once").isBetween(1, SERVER_CONNECTIONS);
      assertThat(api.checks()).allMatch(check -> check.run().ready());
    }
    assertThat(ask("select count(*) from note")).isEqualTo(CLIENTS);
    assertThat(ask("select count(*) from note where title = 'round " + (ROUNDS - 1) + "'"))
        .isEqualTo(CLIENTS);
  }

  /**
   * Creates a row, changes it, finds it alone and among others, and deletes it, but for the last.
   *
   * @return how many server processes there were at most
   */
  private int work(String notes, String key, int client) throws Exception {
    int most = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String title = "round " + round;
      HttpResponse<String> made =
          send(key, "POST", notes, "{\"client\":" + client + ",\"title\":\"new\"}");
      assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
      String note =
          notes.replace("/v1/note", "") + made.headers().firstValue("Location").orElseThrow();
      HttpResponse<String> changed = send(key, "PATCH", note, "{\"title\":\"" + title + "\"}");
      assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
      HttpResponse<String> found = send(key, "GET", note, "");
      assertThat(found.body()).contains(title, "\"client\":" + client);
      HttpResponse<String> list = send(key, "GET", notes, "");
      assertThat(list.statusCode()).as(list.body()).isEqualTo(200);
      most = Math.max(most, serverProcesses());
      if (round < ROUNDS - 1) {
        assertThat(send(key, "DELETE", note, "").statusCode()).isEqualTo(204);
      }
    }
    return most;
  }

  private HttpResponse<String> send(String key, String method, String url, String body)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  /** Those that PgBouncer holds; the one that asks is not of them. */
  private static int serverProcesses() throws SQLException {
    return ask(
        "select count(*) from pg_stat_activity where backend_type = 'client backend'"
            + " and application_name like 'forebay%'");
  }

  private static int ask(String sql) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getInt(1);
    }
  }

  private static ApiSettings settings() throws IOException {
    return new Environment(
            Map.of(
                "FOREBAY_DATABASE_URL",
                "postgres://postgres@127.0.0.1:" + bouncer.port() + "/postgres",
                "FOREBAY_DATABASE_POOL",
                Integer.toString(CLIENTS),
                "FOREBAY_API_REQUESTS_PER_SECOND",
                "0",
                "FOREBAY_API_PREPARED",
                "false",
                "FOREBAY_MODELS",
                directory.resolve("forebay.yaml").toString(),
                "FOREBAY_API_PORT",
                Integer.toString(freePort())))
        .api();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
