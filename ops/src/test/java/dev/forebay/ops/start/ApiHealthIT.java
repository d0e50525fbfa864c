package dev.forebay.ops.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.ops.admin.Check;
import dev.forebay.ops.config.ApiSettings;
import dev.forebay.ops.config.Environment;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the admin port says of an API that has more requests than connections. */
class ApiHealthIT {

  private static final int POOL = 2;
  private static final int IN_FLIGHT = 4;

  @TempDir static Path directory;
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.start();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table note (id int primary key)");
      statement.execute("insert into note values (1)");
    }
    Files.writeString(
        directory.resolve("forebay.yaml"),
        """
        models:
          note: { from: note, key: "{id}", fields: [id] }
        resources:
          note: { table: note, key: id, write: [], roles: [editor] }
        """);
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @Test
  void api_withAnExhaustedPool_isReady() throws Exception {
    ApiSettings settings = settings();
    SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    try (Lifetime lifetime = new Lifetime();
        HttpClient http = HttpClient.newHttpClient()) {
      ApiProcess api = new ApiProcess(settings, metrics, lifetime);
      assertThat(api.checks()).filteredOn(check -> !check.run().ready()).hasSize(1);
      api.serve();
      assertThat(api.checks()).allMatch(check -> check.run().ready());
      String key = api.keys().create("many", Set.of("editor"));
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(settings.api().url() + "/v1/note/1"))
              .timeout(Duration.ofSeconds(30))
              .header("Authorization", "Bearer " + key)
              .build();
      assertThat(http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);

      List<CompletableFuture<HttpResponse<Void>>> blocked = new ArrayList<>();
      try (Connection blocker = postgres.getPostgresDatabase().getConnection();
          Statement statement = blocker.createStatement()) {
        blocker.setAutoCommit(false);
        statement.execute("lock table note in access exclusive mode");
        for (int i = 0; i < IN_FLIGHT; i++) {
          blocked.add(http.sendAsync(request, BodyHandlers.discarding()));
        }
        await()
            .atMost(Duration.ofSeconds(10))
            .until(() -> metrics.get("forebay.api.pool.waiting").gauge().value() > 0);

        long begin = System.nanoTime();
        assertThat(api.checks().stream().map(Check::run)).allMatch(Check.Result::ready);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)).isLessThan(1_000);
        assertThat(metrics.get("forebay.api.pool.in.use").gauge().value()).isEqualTo(POOL);
        assertThat(metrics.get("forebay.api.pool.waiting").gauge().value()).isPositive();
      }
      for (CompletableFuture<HttpResponse<Void>> one : blocked) {
        assertThat(one.get(20, TimeUnit.SECONDS).statusCode()).isIn(200, 503);
      }
    }
  }

  private static ApiSettings settings() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return new Environment(
              Map.of(
                  "FOREBAY_DATABASE_URL",
                  "postgres://postgres@127.0.0.1:" + postgres.getPort() + "/postgres",
                  "FOREBAY_DATABASE_POOL",
                  Integer.toString(POOL),
                  "FOREBAY_API_IN_FLIGHT",
                  Integer.toString(IN_FLIGHT),
                  "FOREBAY_MODELS",
                  directory.resolve("forebay.yaml").toString(),
                  "FOREBAY_API_PORT",
                  Integer.toString(free.getLocalPort())))
          .api();
    }
  }
}
