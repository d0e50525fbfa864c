package dev.forebay.api;

import static dev.forebay.api.TouchedWorld.documents;
import static dev.forebay.api.TouchedWorld.models;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.forebay.api.TestClient.Reply;
import dev.forebay.api.catalog.CatalogReader;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.resource.ResourceTables;
import dev.forebay.api.token.Requirement;
import dev.forebay.api.token.TokenConfig;
import dev.forebay.api.token.Tokens;
import dev.forebay.api.touch.Touches;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.Resource;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which documents a write says that it touches. */
class TouchedIT {

  private static TouchedWorld world;
  private static TestClient client;

  @BeforeAll
  static void start() throws Exception {
    world = new TouchedWorld();
    client = world.client;
  }

  @BeforeEach
  void reset() throws Exception {
    world.reset();
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  /** That and nothing else. */
  private static void touches(Reply reply, String... documents) {
    assertThat(reply.status()).as(reply.toString()).isBetween(200, 207);
    assertThat(documents(reply)).as(reply.toString()).containsExactlyInAnyOrder(documents);
    assertThat(models(reply)).isEmpty();
    assertThat(reply.header("Forebay-Token")).startsWith("1.");
  }

  private static void touchesModels(Reply reply, String... models) {
    assertThat(reply.status()).as(reply.toString()).isBetween(200, 207);
    assertThat(models(reply)).as(reply.toString()).containsExactlyInAnyOrder(models);
  }

  @Test
  void rows_oneByOne() {
    touches(
        client.post("/v1/article", "{\"slug\":\"new\",\"author_id\":1}"),
        "article:new",
        "author:1",
        "front:");
    touches(
        client.patch("/v1/article/3", "{\"title\":\"T\"}"), "article:three", "author:2", "front:");
    touches(
        client.put("/v1/tag/1", "{\"name\":\"red\"}"),
        "article:one",
        "article:two",
        "priced:1",
        "tag:red");
    touches(client.delete("/v1/comment/2"), "article:one");
    touches(client.patch("/v1/article/1", "{}"));
  }

  @Test
  void links_thatMove_nameBothEnds() {
    touches(client.patch("/v1/comment/2", "{\"article_id\":3}"), "article:one", "article:three");
    touches(
        client.patch("/v1/article/1", "{\"author_id\":2}"),
        "article:one",
        "author:1",
        "author:2",
        "front:",
        "tag:red");
    touches(
        client.patch("/v1/author/2", "{\"name\":\"Bert\"}"),
        "article:one",
        "article:three",
        "author:2");
  }

  @Test
  void keys_thatChange_nameBothDocuments() {
    touches(
        client.patch("/v1/article/3", "{\"slug\":\"drei\"}"),
        "article:drei",
        "article:three",
        "author:2",
        "front:");
    touches(
        client.patch("/v1/by_slug/drei", "{\"slug\":\"three\"}"),
        "article:drei",
        "article:three",
        "author:2",
        "front:");
    touches(client.patch("/v1/comment/2", "{\"id\":20}"), "article:one");
    touches(client.put("/v1/article/9", "{\"slug\":\"nine\"}"), "article:nine", "front:");
  }

  @Test
  void throughTables() {
    touches(
        client.post("/v1/article_tag", "{\"article_id\":3,\"tag_id\":1}"),
        "article:three",
        "tag:red");
    touches(client.delete("/v1/article_tag/2/2"), "article:two", "tag:blue");
    touches(
        client.patch("/v1/article_tag/2/1", "{\"tag_id\":2}"),
        "article:two",
        "tag:blue",
        "tag:red");
  }

  @Test
  void partitions() {
    touches(
        client.post("/v1/reading", "{\"id\":2,\"taken\":\"2026-02-02\",\"article_id\":3}"),
        "article:three");
    touches(
        client.patch("/v1/reading/1/2025-05-05", "{\"article_id\":2}"),
        "article:one",
        "article:two");
    touches(client.patch("/v1/reading/1/2025-05-05", "{\"taken\":\"2026-05-05\"}"), "article:two");
    touches(client.delete("/v1/reading/1/2026-05-05"), "article:two");
  }

  @Test
  void role_seesOnlyItsRows_documentsAreNamedAllTheSame() {
    touches(client.patch("/v1/note/1", "{\"article_id\":3}"), "article:one", "article:three");
    assertThat(client.patch("/v1/note/2", "{\"text\":\"x\"}").status()).isEqualTo(404);
    touches(
        client.post("/v1/note", "{\"id\":3,\"article_id\":2,\"owner\":\"tester\"}"), "article:two");
    touches(client.delete("/v1/note/3"), "article:two");
  }

  @Test
  void callerWhoMayNotRead_isToldNoKeys() throws Exception {
    TestClient blind =
        new TestClient(world.server.port(), world.keys.create("blind", Set.of("mailbox")));
    Reply reply = blind.post("/v1/letter", "{\"article_id\":1}");
    touches(reply);
    assertThat(reply.status()).isEqualTo(201);
    touches(client.post("/v1/comment", "{\"article_id\":1}"), "article:one");
  }

  @Test
  void transaction_overSeveralResources() {
    Reply reply =
        client.post(
            "/v1/transactions",
            """
            {"operations": [
              {"op":"create","resource":"article","value":{"slug":"t","author_id":2}},
              {"op":"create","resource":"comment","value":{"article_id":{"$ref":"/0/id"},"author_id":1}},
              {"op":"patch","resource":"comment","key":["2"],"value":{"article_id":2}},
              {"op":"patch","resource":"article","key":["3"],"value":{"slug":"drei"}},
              {"op":"delete","resource":"tag","key":["2"]}]}\
            """);

    touches(
        reply,
        "article:t",
        "author:2",
        "front:",
        "article:one",
        "article:two",
        "article:three",
        "article:drei",
        "priced:2",
        "tag:blue");
    assertThat(reply.json().path("documents")).hasSize(9);
    assertThat(reply.json().path("models").isMissingNode()).isTrue();
    Reply minimal =
        client.post(
            "/v1/transactions",
            "{\"operations\": [{\"op\":\"delete\",\"resource\":\"comment\",\"key\":[\"2\"]}]}",
            "Prefer",
            "return=minimal");
    touches(minimal, "article:two");
    assertThat(minimal.json().path("documents").isMissingNode()).isTrue();
  }

  @Test
  void transaction_thatMovesARowTwice() {
    touches(
        client.post(
            "/v1/transactions",
            """
            {"operations": [
              {"op":"patch","resource":"comment","key":["2"],"value":{"article_id":2, "id":22}},
              {"op":"patch","resource":"comment","key":["22"],"value":{"article_id":3}},
              {"op":"create","resource":"comment","value":{"id":50,"article_id":3}},
              {"op":"delete","resource":"comment","key":["50"]}]}\
            """),
        "article:one",
        "article:two",
        "article:three");
  }

  @Test
  void array_andBulk_nameWhatWasDone() {
    touches(
        client.post("/v1/comment", "[{\"article_id\":1},{\"article_id\":3,\"author_id\":2}]"),
        "article:one",
        "article:three");
    Reply bulk =
        client.post(
            "/v1/comment/bulk",
            """
            [{"op":"create","value":{"id":2,"article_id":2}},
             {"op":"create","value":{"article_id":999}},
             {"op":"patch","key":["777"],"value":{"body":"x"}},
             {"op":"patch","key":["2"],"value":{"article_id":888}},
             {"op":"delete","key":["2"]},
             {"op":"create","value":{"article_id":3}}]\
            """);
    assertThat(bulk.json())
        .extracting(one -> one.path("status").asInt())
        .containsExactly(409, 422, 404, 422, 204, 201);
    touches(bulk, "article:one", "article:three");
  }

  @Test
  void cascades_areNamed() {
    touches(client.delete("/v1/article/1"), "article:one", "author:1", "front:", "tag:red");
    assertThat(world.client.get("/v1/comment/3").status()).isEqualTo(404);
    touches(client.delete("/v1/author/2"), "article:three", "author:2", "front:");
  }

  @Test
  void cascades_withinATable_areNamed() {
    touches(client.delete("/v1/comment/1"), "article:one");
    assertThat(client.get("/v1/comment/3").status()).isEqualTo(404);
  }

  @Test
  void cascade_ofTooManyRows_namesModels() throws Exception {
    world.execute("insert into comment (article_id) select 3 from generate_series(1, 201)");
    Reply reply = client.delete("/v1/article/3");
    touchesModels(reply, "article");
    assertThat(documents(reply)).containsExactlyInAnyOrder("author:2", "front:");
  }

  @Test
  void trigger_thatWritesAnotherTable_namesItsModels() {
    touchesModels(
        client.post("/v1/vote", "{\"article_id\":1}"), "article", "author", "front", "tag");
    touchesModels(client.post("/v1/vote", "{\"article_id\":-1}"), "article");
    // Nobody's article: the trigger changed nothing.
    touches(client.post("/v1/vote", "{\"article_id\":12345}"));
  }

  @Test
  void trigger_thatIsDeferred_namesItsModels() {
    touchesModels(
        client.post("/v1/scratch", "{\"id\":1,\"note\":\"Ada B.\"}"), "article", "author");
  }

  @Test
  void changeThatConcernsEveryDocument_namesTheModel() {
    touchesModels(client.patch("/v1/rate/1", "{\"amount\":11}"), "priced");
  }

  @Test
  void documents_thirtyTwoAndOneMore() throws Exception {
    world.execute("insert into author (id, name) values (7, 'Busy')");
    world.execute(
        "insert into article (slug, author_id) select 'busy-' || n, 7 from generate_series(1, 31) n");
    Reply most = client.patch("/v1/author/7", "{\"name\":\"B\"}");
    touches(
        most,
        IntStream.rangeClosed(0, 31)
            .mapToObj(n -> n == 0 ? "author:7" : "article:busy-" + n)
            .toArray(String[]::new));

    world.execute("insert into article (slug, author_id) values ('busy-32', 7)");
    Reply more = client.patch("/v1/author/7", "{\"name\":\"C\"}");
    touchesModels(more, "article");
    assertThat(documents(more)).containsExactly("author:7");
  }

  @Test
  void documents_withLongKeys_areLeftToTheirModel() throws Exception {
    world.execute("insert into author (id, name) values (8, 'Long')");
    world.execute(
        "insert into article (slug, author_id) select repeat('x', 400) || n, 8 from generate_series(1, 12) n");
    Reply reply = client.patch("/v1/author/8", "{\"name\":\"L\"}");
    touchesModels(reply, "article");
    assertThat(documents(reply)).containsExactly("author:8");
  }

  @Test
  void repetition_hasTheSameTokenAndDocuments() {
    String[] key = {"Idempotency-Key", "\"k-1\""};
    Reply first = client.post("/v1/comment", "{\"article_id\":1}", key);
    Reply second = client.post("/v1/comment", "{\"article_id\":1}", key);
    touches(first, "article:one");
    assertThat(second.header("Forebay-Token")).isEqualTo(first.header("Forebay-Token"));
    touches(second, "article:one");
    assertThat(second.body()).isEqualTo(first.body());
  }

  /** A browser's cookie must not be replaced by one that knows less. */
  @Test
  void repetition_afterAnotherWrite_keepsWhatTheClientCarries() throws Exception {
    String[] key = {"Idempotency-Key", "\"k-2\"", "X-Request-Id", "kept"};
    Reply first = client.post("/v1/comment", "{\"article_id\":1}", key);
    Reply other =
        client.post(
            "/v1/comment",
            "{\"article_id\":3}",
            "X-Request-Id",
            "since",
            "Forebay-Token",
            first.header("Forebay-Token"));
    Reply again =
        client.post(
            "/v1/comment",
            "{\"article_id\":1}",
            "Idempotency-Key",
            "\"k-2\"",
            "Forebay-Token",
            other.header("Forebay-Token"));
    assertThat(demanded(again, "article:one")).containsExactly(xid("kept"));
    assertThat(demanded(again, "article:three")).containsExactly(xid("since"));
  }

  @Test
  void token_demandsTheTransaction_andWhatTheRequestBrought() throws Exception {
    Reply first = client.patch("/v1/comment/2", "{\"body\":\"x\"}", "X-Request-Id", "first");
    String carried = first.header("Forebay-Token");
    Reply second =
        client.post(
            "/v1/comment",
            "{\"article_id\":3}",
            "Forebay-Token",
            "nonsense, " + carried,
            "X-Request-Id",
            "second");

    assertThat(demanded(first, "article:one")).containsExactly(xid("first"));
    assertThat(demanded(first, "article:three")).isEmpty();
    assertThat(demanded(second, "article:one")).containsExactly(xid("first"));
    assertThat(demanded(second, "article:three")).containsExactly(xid("second"));
    assertThat(world.ask("select touched from forebay.audit where request_id = 'second'"))
        .isEqualTo("{\"models\": [], \"documents\": [\"article:three\"]}");
  }

  private static Long xid(String request) throws Exception {
    return Long.valueOf(
        world.ask("select xid from forebay.audit where request_id = '" + request + "'"));
  }

  /** The transactions that a reader of the document must see. */
  private static Set<Long> demanded(Reply reply, String kvKey) throws Exception {
    Tokens tokens = new Tokens(TouchedWorld.TOKENS, Instance.DEFAULT, InstantSource.system());
    return tokens
        .requirement(
            List.of(reply.header("Forebay-Token")),
            world.models.match(kvKey).orElseThrow(),
            world.ask("select id from forebay.history"))
        .<Set<Long>>map(Requirement::xids)
        .orElse(Set.of());
  }

  @Test
  void role_thatCannotLock_isRefusedAtStart() throws Exception {
    world.execute(
        "create role reader login; grant select on all tables in schema public to reader");
    DataSource reader = world.postgres.getDatabase("reader", "postgres");
    List<Resource> resources =
        world.models.resources().stream().filter(one -> one.databaseRole() == null).toList();
    List<ResourceTable> tables = ResourceTables.read(new CatalogReader(reader), resources);

    InvalidSetupException refused =
        catchThrowableOfType(
            InvalidSetupException.class,
            () ->
                Touches.read(
                    reader,
                    world.models,
                    tables,
                    Instance.DEFAULT,
                    Duration.ofSeconds(1),
                    TouchedWorld.AFTERWARDS));

    // Neither a table that no model reads, nor one that only grows.
    assertThat(refused.problems())
        .extracting(Problem::where)
        .containsExactly(
            "resource author",
            "resource article",
            "resource by_slug",
            "resource comment",
            "resource tag",
            "resource article_tag",
            "resource reading",
            "resource rate");
    assertThat(refused.problems().getFirst().what())
        .isEqualTo("rows of public.author cannot be locked by role reader.");
  }

  @Test
  void cookie_holdsTheToken_ifItIsOn() throws Exception {
    TokenConfig config =
        new TokenConfig(
            TouchedWorld.TOKENS.secrets(),
            TokenConfig.LIFE,
            true,
            "example.com",
            TouchedWorld.AFTERWARDS);
    try (TouchedWorld other = new TouchedWorld(config)) {
      other.reset();
      Reply reply = other.client.patch("/v1/comment/2", "{\"body\":\"x\"}");
      String token = reply.header("Forebay-Token");
      assertThat(reply.header("Set-Cookie"))
          .isEqualTo(
              "forebay_token="
                  + token
                  + "; Max-Age=180; Path=/; Domain=example.com; Secure; HttpOnly; SameSite=Lax");
      Reply next = other.client.delete("/v1/comment/3", "Cookie", "forebay_token=" + token);
      assertThat(next.header("Forebay-Token").length()).isGreaterThan(token.length());
    }
  }

  @Test
  void row_thatSomebodyElseMovesMeanwhile_isNamedWhereItWas() throws Exception {
    try (Connection other = world.postgres.getPostgresDatabase().getConnection();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("update comment set article_id = 2 where id = 2");
      CompletableFuture<Reply> waiting =
          CompletableFuture.supplyAsync(() -> client.patch("/v1/comment/2", "{\"article_id\":3}"));
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              world
                  .ask("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
                  .equals("1"));
      other.commit();
      touches(waiting.join(), "article:two", "article:three");
    }
  }

  @Test
  void columnThatIsGone_namesModels_andTheWriteSucceeds() throws Exception {
    world.execute("alter table article rename column author_id to writer_id");
    try {
      touches(client.patch("/v1/comment/2", "{\"article_id\":3}"), "article:one", "article:three");
      touchesModels(
          client.patch("/v1/by_slug/one", "{\"title\":\"x\"}"),
          "article",
          "author",
          "front",
          "tag");
    } finally {
      world.execute("alter table article rename column writer_id to author_id");
    }
  }

  @Test
  void withoutASecret_nothingIsSaid() throws Exception {
    try (TouchedWorld plain = new TouchedWorld(null)) {
      plain.reset();
      Reply reply = plain.client.patch("/v1/comment/2", "{\"article_id\":3}");
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.response().headers().map().keySet())
          .noneMatch(name -> name.startsWith("forebay"));
    }
  }

  @Test
  void answer_withEveryHeaderAtItsLongest_isSent() throws Exception {
    world.execute("insert into author (id, name) values (8, 'Long')");
    world.execute(
        "insert into article (slug, author_id) select repeat('x', 380) || n, 8 from generate_series(1, 10) n");
    Reply reply =
        client.patch(
            "/v1/author/8",
            "{\"name\":\"L\"}",
            "Forebay-Token",
            IntStream.range(0, 3)
                .mapToObj(i -> "x".repeat(4_000))
                .collect(Collectors.joining(",")));
    touches(
        reply,
        IntStream.rangeClosed(0, 10)
            .mapToObj(n -> n == 0 ? "author:8" : "article:" + "x".repeat(380) + n)
            .toArray(String[]::new));
  }
}
