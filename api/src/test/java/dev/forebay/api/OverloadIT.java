package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.limit.LimitConfig;
import dev.forebay.model.Instance;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** More requests than the database can take, at a database that takes none. */
class OverloadIT {

  private static final int IN_FLIGHT = 8;
  private static final int CLIENTS = 1_000;
  private static final Duration LONG = Duration.ofSeconds(8);

  private static TestApi world;
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private HikariDataSource pool;
  private ApiServer server;
  private String key;

  @BeforeAll
  static void startDatabase() throws Exception {
    world = new TestApi();
    world.client.post("/v1/author", "{\"name\":\"Ada\"}");
  }

  @AfterAll
  static void stopDatabase() throws Exception {
    world.close();
  }

  @BeforeEach
  void start() throws Exception {
    String url = world.postgres.getJdbcUrl("postgres", "postgres");
    pool = new PoolConfig(url, "postgres", "", IN_FLIGHT, true).open();
    LimitConfig limits = LimitConfig.DEFAULT.withRate(0, 1).withAtOnce(IN_FLIGHT, 2_000);
    ApiConfig config =
        ApiConfig.DEFAULT
            .at("127.0.0.1", 0)
            .withTimeouts(LONG, LONG)
            .withBounds(1 << 20, Duration.ofSeconds(10), limits);
    server =
        new ApiServer(config, pool, TestApi.MODELS, world.keys, null, Instance.DEFAULT, metrics);
    server.start();
    key = world.client.key();
  }

  @AfterEach
  void stop() {
    server.close();
    pool.close();
  }

  @Test
  void databaseThatIsBlocked_costsTheOthersMilliseconds() throws Exception {
    List<RawClient> clients = connect();
    String[] answers = new String[CLIENTS];
    long[] nanos = new long[CLIENTS];
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection blocker = world.postgres.getPostgresDatabase().getConnection();
        Statement statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      statement.execute("lock table author in access exclusive mode");
      List<Future<Void>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS - 1; i++) {
        running.add(threads.submit(asking(clients.get(i), i, answers, nanos)));
      }
      Awaitility.await()
          .atMost(LONG)
          .until(() -> running.stream().filter(Future::isDone).count() == CLIENTS - 1 - IN_FLIGHT);
      assertThat(gauge("forebay.api.in.flight")).isEqualTo(IN_FLIGHT);
      Awaitility.await().atMost(LONG).until(() -> gauge("forebay.api.connections") == CLIENTS);

      // The thousandth, while as many as may be are worked on and none of them gets anywhere.
      asking(clients.get(CLIENTS - 1), CLIENTS - 1, answers, nanos).call();
      blocker.rollback();
      for (Future<Void> done : running) {
        done.get();
      }
    }

    List<String> shed = Arrays.stream(answers).filter(OverloadIT::isShed).toList();
    assertThat(shed).hasSize(CLIENTS - IN_FLIGHT);
    assertThat(shed).allMatch(answer -> answer.contains("\r\nRetry-After: 1\r\n"));
    assertThat(answers).filteredOn(answer -> answer.startsWith("HTTP/1.1 200")).hasSize(IN_FLIGHT);
    assertThat(answers[CLIENTS - 1]).satisfies(last -> assertThat(isShed(last)).isTrue());
    System.out.printf(
        "shed: all of a burst of %d within %.0f ms, the last one alone in %.1f ms%n",
        CLIENTS - 1, worstOfBurst(answers, nanos) / 1e6, nanos[CLIENTS - 1] / 1e6);
    assertThat(nanos[CLIENTS - 1]).as("nanoseconds").isLessThan(500_000_000L);
    assertThat(metrics.get("forebay.api.shed").functionCounter().count())
        .isEqualTo(CLIENTS - IN_FLIGHT);
    try (RawClient after = new RawClient(server.port())) {
      after.send(request(key));
      assertThat(after.answer()).startsWith("HTTP/1.1 200");
    }
    for (RawClient client : clients) {
      client.close();
    }
    assertThat(gauge("forebay.api.in.flight")).isZero();
  }

  /** A key that nobody knows costs a query, unless the request is sent away before. */
  @Test
  void shed_beforeTheKeyIsLookedAt() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    try (Connection blocker = world.postgres.getPostgresDatabase().getConnection();
        Statement statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      statement.execute("lock table author in access exclusive mode");
      for (int i = 0; i < IN_FLIGHT; i++) {
        RawClient client = new RawClient(server.port());
        clients.add(client);
        client.send(request(key));
      }
      Awaitility.await().atMost(LONG).until(() -> gauge("forebay.api.in.flight") == IN_FLIGHT);

      try (RawClient unknown = new RawClient(server.port())) {
        // Only the head is sent: nobody waits for the body either.
        unknown.send(
            RawClient.head(
                "POST /v1/author",
                "fb_" + "a".repeat(32),
                "Content-Type: application/json",
                "Content-Length: 100"));
        assertThat(unknown.answer()).contains("problem:overloaded").contains("X-Request-Id: ");
      }
    }
    for (RawClient client : clients) {
      assertThat(client.answer()).startsWith("HTTP/1.1 200");
      client.close();
    }
  }

  private List<RawClient> connect() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new RawClient(server.port()));
    }
    return clients;
  }

  private Callable<Void> asking(RawClient client, int number, String[] answers, long[] nanos) {
    return () -> {
      long begin = System.nanoTime();
      client.send(request(key));
      answers[number] = client.answer();
      nanos[number] = System.nanoTime() - begin;
      return null;
    };
  }

  private double gauge(String name) {
    return metrics.get(name).gauge().value();
  }

  private static String request(String key) {
    return RawClient.head("GET /v1/author/1", key);
  }

  private static boolean isShed(String answer) {
    return answer.startsWith("HTTP/1.1 503") && answer.contains("urn:forebay:problem:overloaded");
  }

  private static long worstOfBurst(String[] answers, long[] nanos) {
    long worst = 0;
    for (int i = 0; i < CLIENTS - 1; i++) {
      worst = isShed(answers[i]) ? Math.max(worst, nanos[i]) : worst;
    }
    return worst;
  }
}
