package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.api.TestClient.Reply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code Prefer: wait}; the test writes into the ledger what a sync worker would. */
class WaitIT {

  private static final String WAIT = "Forebay-Wait";
  private static final String APPLIED = "Preference-Applied";
  private static final String[] PATIENT = {"Prefer", "return=minimal, wait=20"};

  private static TouchedWorld world;
  private static TestClient client;

  @BeforeAll
  static void start() throws Exception {
    world = new TouchedWorld();
    client = world.client;
    world.execute("select pg_create_logical_replication_slot('forebay', 'pgoutput')");
  }

  @BeforeEach
  void reset() throws Exception {
    world.reset();
    world.execute("delete from forebay.document; delete from forebay.intent");
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  /** As if KV had just accepted all that there is, and nothing else. */
  private static void settleAll() throws Exception {
    List<String> keys = List.copyOf(world.built().keySet());
    world.execute("delete from forebay.document");
    for (String key : keys) {
      world.execute(
          """
          insert into forebay.document (kv_key, model, key_values, hash, bytes, snapshot)
          values ('%s', split_part('%s', ':', 1), '{}', '', 0, pg_current_snapshot()::text)\
          """
              .formatted(key, key));
    }
  }

  private static CompletableFuture<Reply> later(Supplier<Reply> request) {
    return CompletableFuture.supplyAsync(request, task -> Thread.ofVirtual().start(task));
  }

  private static void committed(String sql) {
    await().atMost(Duration.ofSeconds(20)).until(() -> world.ask(sql).equals("t"));
  }

  private static void isApplied(CompletableFuture<Reply> waiting, int status) {
    Reply reply = waiting.join();
    assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
    assertThat(reply.header(WAIT)).isEqualTo("applied");
    assertThat(reply.header(APPLIED)).endsWith("wait=20");
  }

  @Test
  void change_isAnsweredWhenKvHasIt() throws Exception {
    settleAll();
    CompletableFuture<Reply> waiting =
        later(() -> client.patch("/v1/article/3", "{\"title\":\"Waited\"}", PATIENT));
    committed("select title = 'Waited' from article where id = 3");
    assertThat(waiting).isNotDone();
    settleAll();

    isApplied(waiting, 204);
  }

  @Test
  void newRow_isAnsweredWhenKvHasIt() throws Exception {
    settleAll();
    CompletableFuture<Reply> waiting =
        later(() -> client.post("/v1/article", "{\"slug\":\"late\",\"author_id\":1}", PATIENT));
    committed("select count(*) = 1 from article where slug = 'late'");
    assertThat(waiting).isNotDone();
    settleAll();

    isApplied(waiting, 201);
  }

  @Test
  void deletion_isAnsweredWhenKvHasNoneOfIt() throws Exception {
    settleAll();
    double looks = world.looks();
    CompletableFuture<Reply> waiting = later(() -> client.delete("/v1/article/3", PATIENT));
    await("it is seen in KV")
        .atMost(Duration.ofSeconds(20))
        .until(() -> world.looks() >= looks + 2);
    assertThat(waiting).isNotDone();
    settleAll();

    isApplied(waiting, 204);
  }

  /** A version from before may be under way to KV until the log is settled. */
  @Test
  void documentThatKvNeverHad_isAnsweredWhenTheLogIsSettled() throws Exception {
    CompletableFuture<Reply> waiting = later(() -> client.delete("/v1/article/3", PATIENT));
    committed("select count(*) = 0 from article where id = 3");
    // All but that one are there now.
    settleAll();
    double looks = world.looks();
    await().atMost(Duration.ofSeconds(20)).until(() -> world.looks() > looks + 3);
    assertThat(waiting).isNotDone();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          world.execute(
              "select pg_replication_slot_advance('forebay', pg_current_wal_flush_lsn())");
          return waiting.isDone();
        });

    isApplied(waiting, 204);
  }

  @Test
  void callWithoutAnAnswer_keepsItPending() throws Exception {
    world.execute(
        """
        insert into forebay.intent (kv_key, model, key_values, operation, hash, term, deadline)
        values ('article:three', 'article', '{}', 'write', 'x', 1, now() + interval '1 hour')\
        """);
    CompletableFuture<Reply> waiting =
        later(() -> client.patch("/v1/article/3", "{\"title\":\"Doubted\"}", PATIENT));
    committed("select title = 'Doubted' from article where id = 3");
    settleAll();
    Reply impatient = client.patch("/v1/article/3", "{\"title\":\"Doubted\"}", "Prefer", "wait=1");
    assertThat(impatient.header(WAIT)).isEqualTo("pending");
    assertThat(waiting).isNotDone();
    world.execute("delete from forebay.intent");
    settleAll();

    isApplied(waiting, 204);
  }

  @Test
  void versionOfAServerThatIsAhead_doesNotCount() throws Exception {
    settleAll();
    world.execute("update forebay.document set snapshot = '900000000:900000000:'");

    Reply reply = client.patch("/v1/article/3", "{\"title\":\"A\"}", "Prefer", "wait=1");

    assertThat(reply.header(WAIT)).isEqualTo("pending");
    assertThat(reply.header(APPLIED)).isEqualTo("wait=1");
    assertThat(reply.status()).isEqualTo(200);
  }

  @Test
  void repetition_waitsToo() throws Exception {
    settleAll();
    String body = "{\"title\":\"Once\"}";
    Reply first =
        client.patch("/v1/article/3", body, "Idempotency-Key", "\"w1\"", "Prefer", "wait=0");
    assertThat(first.header(WAIT)).isEqualTo("pending");
    settleAll();

    Reply second =
        client.patch("/v1/article/3", body, "Idempotency-Key", "\"w1\"", "Prefer", "wait=20");
    Reply third = client.patch("/v1/article/3", body, "Idempotency-Key", "\"w1\"");

    assertThat(second.header(WAIT)).isEqualTo("applied");
    assertThat(second.header(APPLIED)).isEqualTo("wait=20");
    assertThat(third.header(WAIT)).isEmpty();
    assertThat(third.header(APPLIED)).isEmpty();
    assertThat(third.status()).isEqualTo(200);
  }

  @Test
  void refusedWrite_doesNotWait() {
    Reply reply = client.patch("/v1/article/999", "{}", "Prefer", "wait=20");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.header(WAIT)).isEmpty();
  }

  @Test
  void nonsense_isIgnored_orRefusedWhereHandlingIsStrict() {
    for (String wait : List.of("wait=soon", "wait=-1", "wait=1.5", "wait", "wait=9999999999")) {
      Reply lenient = client.patch("/v1/article/3", "{}", "Prefer", wait);
      assertThat(lenient.status()).as(wait).isEqualTo(200);
      assertThat(lenient.header(WAIT)).as(wait).isEmpty();
      Reply strict = client.patch("/v1/article/3", "{}", "Prefer", "handling=strict, " + wait);
      assertThat(strict.status()).as(wait).isEqualTo(400);
      assertThat(strict.body()).as(wait).contains("wait=SECONDS");
    }
    Reply first = client.patch("/v1/article/3", "{}", "Prefer", "wait=99, wait=1");
    assertThat(first.header(APPLIED)).as("at most that").isEqualTo("wait=30");
  }
}
