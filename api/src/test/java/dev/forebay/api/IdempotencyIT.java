package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.TestClient.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests that are repeated under one idempotency key. */
class IdempotencyIT {

  private static final String KEY = "Idempotency-Key";

  private static TestApi api;
  private static TestClient client;

  @BeforeAll
  static void start() throws Exception {
    api = new TestApi();
    client = api.client;
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @Test
  void repetition_isAnsweredAlikeAndDoesNothing() throws Exception {
    Reply first = client.post("/v1/author", "{\"name\":\"Once\"}", KEY, "\"k-1\"");
    Reply again = client.post("/v1/author", "{\"name\":\"Once\"}", KEY, "\"k-1\"");

    assertThat(first.status()).as(first.toString()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
    assertThat(api.ask("select count(*) from author where name = 'Once'")).isEqualTo("1");
  }

  @Test
  void repetition_ofEveryKindOfWrite() throws Exception {
    String author = client.post("/v1/author", "{\"name\":\"Kinds\"}").header("Location");

    assertSame(() -> client.post("/v1/author", "[{\"name\":\"K\"}]", KEY, "\"kind-1\""));
    assertSame(() -> client.patch(author, "{\"name\":\"L\"}", KEY, "\"kind-2\""));
    assertSame(() -> client.put(author, "{\"name\":\"M\"}", KEY, "\"kind-3\""));
    assertSame(() -> client.delete(author, KEY, "\"kind-4\""));
    assertSame(() ->
        client.post(
            "/v1/author/bulk",
            "[{\"op\":\"create\",\"value\":{\"name\":\"K\"}}]",
            KEY,
            "\"kind-5\""));
    assertSame(() ->
        client.post(
            "/v1/transactions",
            "{\"operations\":[{\"op\":\"create\",\"resource\":\"author\",\"value\":{\"name\":\"K\"}}]}",
            KEY,
            "\"kind-6\""));
    assertThat(api.ask("select count(*) from author where name = 'K'")).isEqualTo("3");
  }

  private static void assertSame(java.util.function.Supplier<Reply> request) {
    Reply first = request.get();
    Reply again = request.get();
    assertThat(first.status()).as(first.toString()).isBetween(200, 207);
    assertThat(again.status()).isEqualTo(first.status());
    assertThat(again.body()).isEqualTo(first.body());
  }

  @Test
  void otherRequest_underTheSameKeyIsRefused() throws Exception {
    client.post("/v1/author", "{\"name\":\"Same\"}", KEY, "\"k-2\"");
    String place = client.post("/v1/author", "{\"name\":\"Place\"}").header("Location");

    for (Reply refused :
        List.of(
            client.post("/v1/author", "{\"name\":\"Other\"}", KEY, "\"k-2\""),
            client.post("/v1/author", "{\"name\": \"Same\"}", KEY, "\"k-2\""),
            client.post("/v1/author/bulk", "[{\"op\":\"delete\",\"key\":[\"1\"]}]", KEY, "\"k-2\""),
            client.put(place, "{\"name\":\"Same\"}", KEY, "\"k-2\""),
            client.put(place, "{\"name\":\"Same\"}", KEY, "\"k-2\"", "If-Match", "*"))) {
      assertThat(refused.status()).as(refused.toString()).isEqualTo(422);
      assertThat(refused.problem()).isEqualTo("idempotency-key-reused");
    }
    assertThat(client.get(place).json().path("name").asText()).isEqualTo("Place");
  }

  @Test
  void otherPrincipal_mayHaveTheSameKey() throws Exception {
    TestClient other =
        new TestClient(api.server.port(), api.keys.create("other", Set.of("editor")));

    Reply mine = client.post("/v1/author", "{\"name\":\"Both\"}", KEY, "\"k-3\"");
    Reply theirs = other.post("/v1/author", "{\"name\":\"Both\"}", KEY, "\"k-3\"");

    assertThat(theirs.status()).isEqualTo(201);
    assertThat(theirs.header("Location")).isNotEqualTo(mine.header("Location"));
  }

  @Test
  void failure_isNotRemembered() {
    Reply refused = client.put("/v1/guarded/1", "{\"note\":\"vanish\"}", KEY, "\"k-4\"");
    assertThat(refused.status()).isEqualTo(422);

    assertThat(client.put("/v1/guarded/1", "{\"note\":\"fine\"}", KEY, "\"k-4\"").status())
        .isEqualTo(201);
  }

  @Test
  void requestInProgress_isSaid() throws Exception {
    String body = "{\"note\":\"sleep 2\"}";
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Reply> first = threads.submit(() -> client.put("/v1/guarded/2", body, KEY, "\"k-5\""));
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> sleeping().equals("1") || first.isDone());
      Reply second = client.put("/v1/guarded/2", body, KEY, "\"k-5\"");

      assertThat(first.isDone()).as("it still sleeps").isFalse();
      assertThat(second.status()).as(second.toString()).isEqualTo(409);
      assertThat(second.problem()).isEqualTo("request-in-progress");
      assertThat(second.header("Retry-After")).isEqualTo("1");
      assertThat(first.get().status()).isEqualTo(201);
    }
    assertThat(client.put("/v1/guarded/2", body, KEY, "\"k-5\"").status()).isEqualTo(201);
  }

  private static String sleeping() throws Exception {
    return api.ask("select count(*) from pg_stat_activity where wait_event = 'PgSleep'");
  }

  @Test
  void key_endsAfterADay() throws Exception {
    Reply first = client.post("/v1/author", "{\"name\":\"Daily\"}", KEY, "\"k-6\"");
    api.execute(
        "update forebay.idempotency set created_at = created_at - interval '86399 s' where key = 'k-6'");
    assertThat(client.post("/v1/author", "{\"name\":\"Daily\"}", KEY, "\"k-6\"").body())
        .isEqualTo(first.body());

    api.execute(
        "update forebay.idempotency set created_at = created_at - interval '2 s' where key = 'k-6'");
    Reply next = client.post("/v1/author", "{\"name\":\"Daily\"}", KEY, "\"k-6\"");
    assertThat(next.body()).isNotEqualTo(first.body());
    assertThat(client.post("/v1/author", "{\"name\":\"Daily\"}", KEY, "\"k-6\"").body())
        .isEqualTo(next.body());
  }

  @Test
  void key_forms() {
    assertThat(client.post("/v1/author", "{\"name\":\"F\"}", KEY, "bare-key-1").status())
        .isEqualTo(201);
    for (String bad :
        List.of("\"\"", "\"" + "x".repeat(256) + "\"", "\"a\", \"b\"", "\"a\\\"b\"")) {
      assertThat(client.post("/v1/author", "{\"name\":\"F\"}", KEY, bad).problem())
          .as(bad)
          .isEqualTo("malformed-request");
    }
  }

  /** Clients that give up, servers' connections that are shot, and requests side by side. */
  @Test
  void hundredRetries_withFaultsMakeOneRow() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    String body = "{\"name\":\"Hundred\"}";
    List<Reply> replies = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Reply>> asked = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        switch (random.nextInt(3)) {
          case 0 -> sendAndLeave(body);
          case 1 ->
              api.ask(
                  "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                      + " where application_name = 'forebay-api' and random() < 0.3");
          default ->
              asked.add(threads.submit(() -> client.post("/v1/author", body, KEY, "\"k-7\"")));
        }
      }
      for (Future<Reply> one : asked) {
        replies.add(one.get());
      }
    }
    Reply last = client.post("/v1/author", body, KEY, "\"k-7\"");
    for (int i = 0; i < 20 && last.status() != 201; i++) {
      last = client.post("/v1/author", body, KEY, "\"k-7\"");
    }

    assertThat(last.status()).as(last.toString()).isEqualTo(201);
    assertThat(api.ask("select count(*) from author where name = 'Hundred'")).isEqualTo("1");
    for (Reply reply : replies) {
      assertThat(reply.status()).as(reply.toString()).isIn(201, 409, 503);
      if (reply.status() == 201) {
        assertThat(reply.body()).isEqualTo(last.body());
      }
    }
    System.out.println(
        replies.stream().filter(one -> one.status() == 201).count()
            + " of "
            + replies.size()
            + " were answered with the row");
  }

  private static void sendAndLeave(String body) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.server.port())) {
      String request =
          "POST /v1/author HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "
              + client.key()
              + "\r\nIdempotency-Key: \"k-7\"\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
