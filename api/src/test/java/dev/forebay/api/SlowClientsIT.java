package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.limit.LimitConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that hold a connection without using it. */
class SlowClientsIT {

  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final int IN_FLIGHT = 8;
  private static final int CONNECTIONS = 500;
  private static final String JSON = "Content-Type: application/json";

  private static TestApi api;
  private final ScheduledExecutorService drips = Executors.newSingleThreadScheduledExecutor();
  private final List<Future<?>> dripping = new ArrayList<>();
  private final List<RawClient> clients = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    LimitConfig limits =
        LimitConfig.DEFAULT
            .withRate(0, 1)
            .withAtOnce(IN_FLIGHT, CONNECTIONS)
            .withPatience(IDLE, IDLE, 1_000);
    api =
        new TestApi(
            ApiConfig.DEFAULT
                .withTimeouts(Duration.ofSeconds(3), Duration.ofMillis(200))
                .withBounds(1 << 20, Duration.ofSeconds(10), limits));
    api.client.post("/v1/author", "{\"name\":\"Ada\"}");
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @AfterEach
  void disconnect() throws IOException {
    dripping.forEach(one -> one.cancel(false));
    drips.shutdownNow();
    for (RawClient client : clients) {
      client.close();
    }
  }

  @Test
  void connection_thatSaysNothing_isClosed() throws Exception {
    assertThat(connect().isClosed()).isTrue();
  }

  @Test
  void head_thatDribbles_costsItsConnection() throws Exception {
    RawClient client = connect();
    client.send("GET /v1/author/1 HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    drip(List.of(client));

    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void head_thatDribblesOnAConnectionInUse_costsIt() throws Exception {
    RawClient client = connect();
    client.send(get());
    assertThat(client.answer()).startsWith("HTTP/1.1 200");

    client.send("GET ");
    drip(List.of(client));

    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void body_thatDribbles_isRefused() throws Exception {
    RawClient client = connect();
    client.send(post("Content-Length: 10000") + "{\"name\":\"");
    drip(List.of(client));

    assertThat(client.answer())
        .startsWith("HTTP/1.1 400")
        .contains("came too slowly")
        .containsIgnoringCase("Connection: close");
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void body_thatStops_isRefused() throws Exception {
    RawClient client = connect();
    client.send(post("Transfer-Encoding: chunked") + "a\r\n{");

    assertThat(client.answer()).startsWith("HTTP/1.1 400").contains("came too slowly");
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void refusal_beforeTheBodyHasCome_saysThatItEndsTheConnection() throws Exception {
    RawClient client = connect();
    client.send(RawClient.head("POST /v1/nothing", api.client.key(), JSON, "Content-Length: 2"));

    assertThat(client.answer())
        .startsWith("HTTP/1.1 404")
        .containsIgnoringCase("connection: close");
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void refusal_afterTheBodyHasCome_keepsTheConnection() throws Exception {
    RawClient client = connect();
    for (int i = 0; i < 2; i++) {
      client.send(
          RawClient.head("POST /v1/nothing", api.client.key(), JSON, "Content-Length: 2") + "{}");

      assertThat(client.answer())
          .startsWith("HTTP/1.1 404")
          .doesNotContainIgnoringCase("connection: close");
    }
  }

  /** What is slow here is the database: the client has done its part. */
  @Test
  void request_thatTakesLongerThanAnIdleConnection_isAnswered() throws Exception {
    RawClient client = connect();
    String body = "{\"id\":77,\"note\":\"sleep 2.2\"}";
    client.send(
        RawClient.head(
                "POST /v1/guarded", api.client.key(), JSON, "Content-Length: " + body.length())
            + body);

    assertThat(client.answer()).startsWith("HTTP/1.1 201");
  }

  @Test
  void connection_inUse_outlivesEveryTimeOut() throws Exception {
    RawClient client = connect();
    AtomicInteger answered = new AtomicInteger();

    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .pollInterval(200, TimeUnit.MILLISECONDS)
        .until(() -> {
          client.send(get());
          assertThat(client.answer()).startsWith("HTTP/1.1 200");
          return answered.incrementAndGet() == 12;
        });
  }

  @Test
  void connections_atMostSoMany() throws Exception {
    int most = 20;
    SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    try (TestApi small = patient(most, metrics)) {
      for (int i = 0; i < 2 * most; i++) {
        connect(small);
      }
      Awaitility.await()
          .atMost(10, TimeUnit.SECONDS)
          .during(500, TimeUnit.MILLISECONDS)
          .until(() -> metrics.get("forebay.api.connections").gauge().value() == most);
      disconnect();

      Awaitility.await()
          .atMost(10, TimeUnit.SECONDS)
          .until(() -> small.client.get("/v1/author").status() == 200);
    }
  }

  /**
   * Fifty that send a body slowly would take every slot if they held one, and two hundred
   * connections at rest would take every thread if each had one.
   */
  @Test
  void clients_thatAreSlow_slowNobodyElse() throws Exception {
    try (TestApi patient = patient(CONNECTIONS, new SimpleMeterRegistry());
        RawClient normal = new RawClient(patient.server.port())) {
      patient.client.post("/v1/author", "{\"name\":\"Ada\"}");
      String request = RawClient.head("GET /v1/author/1", patient.client.key());
      medianMicros(normal, request, 2_000);
      double alone = medianMicros(normal, request, 500);
      List<RawClient> slow = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        RawClient idle = connect(patient);
        idle.send(request);
        assertThat(idle.answer()).startsWith("HTTP/1.1 200");
      }
      for (int i = 0; i < 50; i++) {
        RawClient head = connect(patient);
        head.send("GET /v1/author/1 HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        slow.add(head);
        RawClient body = connect(patient);
        body.send(
            RawClient.head("POST /v1/author", patient.client.key(), JSON, "Content-Length: 100000")
                + "{\"name\":\"");
        slow.add(body);
      }
      drip(slow);

      double among = medianMicros(normal, request, 500);

      System.out.printf("median of a normal client: %.0f µs alone, %.0f µs among%n", alone, among);
      assertThat(among).as("alone: %.0f µs", alone).isLessThan(5 * alone + 10_000);
    }
  }

  private static TestApi patient(int connections, SimpleMeterRegistry metrics) throws Exception {
    Duration minute = Duration.ofMinutes(1);
    LimitConfig limits =
        LimitConfig.DEFAULT
            .withRate(0, 1)
            .withAtOnce(IN_FLIGHT, connections)
            .withPatience(minute, minute, 1);
    return new TestApi(
        ApiConfig.DEFAULT.withBounds(1 << 20, Duration.ofSeconds(1), limits), metrics);
  }

  private static double medianMicros(RawClient client, String request, int times)
      throws IOException {
    long[] nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long begin = System.nanoTime();
      client.send(request);
      assertThat(client.answer()).startsWith("HTTP/1.1 200");
      nanos[i] = System.nanoTime() - begin;
    }
    Arrays.sort(nanos);
    return nanos[times / 2] / 1e3;
  }

  /** Sends a byte ten times a second: no connection is ever idle. */
  private void drip(List<RawClient> slow) {
    dripping.add(
        drips.scheduleAtFixedRate(
            () -> slow.forEach(SlowClientsIT::sendByte), 0, 100, TimeUnit.MILLISECONDS));
  }

  private static void sendByte(RawClient client) {
    try {
      client.send("x");
    } catch (IOException e) {
      // The server has had enough of it, which is what the test waits for.
    }
  }

  private RawClient connect() throws IOException {
    return connect(api);
  }

  private RawClient connect(TestApi to) throws IOException {
    RawClient client = new RawClient(to.server.port());
    clients.add(client);
    return client;
  }

  private static String get() {
    return RawClient.head("GET /v1/author/1", api.client.key());
  }

  private static String post(String length) {
    return RawClient.head("POST /v1/author", api.client.key(), JSON, length);
  }
}
