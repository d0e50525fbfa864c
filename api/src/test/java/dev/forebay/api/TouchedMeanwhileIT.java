package dev.forebay.api;

import static dev.forebay.api.TouchedWorld.documents;
import static dev.forebay.api.TouchedWorld.models;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.api.TestClient.Reply;
import dev.forebay.api.catalog.CatalogReader;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.resource.ResourceTables;
import dev.forebay.api.row.Operation;
import dev.forebay.api.row.Precondition;
import dev.forebay.api.row.RowStore;
import dev.forebay.api.token.Requirement;
import dev.forebay.api.token.TokenConfig;
import dev.forebay.api.token.Tokens;
import dev.forebay.api.touch.Touches;
import dev.forebay.api.touch.receipt.Receipts;
import dev.forebay.api.touch.receipt.Told;
import dev.forebay.api.transaction.Caller;
import dev.forebay.api.transaction.Transactions;
import dev.forebay.api.write.IdempotencyKey;
import dev.forebay.api.write.Request;
import dev.forebay.api.write.Step;
import dev.forebay.api.write.Writes;
import dev.forebay.model.Instance;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a write touches that others move around before it is committed. */
class TouchedMeanwhileIT {

  private static final MeanwhileDataSource MEANWHILE = new MeanwhileDataSource();
  private static final Caller CALLER = new Caller("tester", Set.of(), "{}", "direct", null);

  private static TouchedWorld world;
  private static TestClient client;

  @BeforeAll
  static void start() throws Exception {
    world = new TouchedWorld(TouchedWorld.TOKENS, MEANWHILE::around);
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

  private static void meanwhile(String sql) {
    MEANWHILE.beforeCommit(() -> world.execute(sql));
  }

  /** Whether a reader with the reply's token must see the write there. */
  private static boolean demands(Reply reply, String kvKey) throws Exception {
    return demands(world, reply, kvKey);
  }

  private static boolean demands(TouchedWorld of, Reply reply, String kvKey) throws Exception {
    return new Tokens(TouchedWorld.TOKENS, Instance.DEFAULT, InstantSource.system())
        .requirement(
            List.of(reply.header("Forebay-Token")),
            of.models.match(kvKey).orElseThrow(),
            of.ask("select id from forebay.history"))
        .map(Requirement::xids)
        .filter(xids -> !xids.isEmpty())
        .isPresent();
  }

  @Test
  void link_thatIsMadeBeforeTheCommit_isNamed() throws Exception {
    assertThat(demands(client.patch("/v1/author/1", "{\"name\":\"a\"}"), "article:three"))
        .isFalse();
    meanwhile("update article set author_id = 1 where id = 3");

    Reply reply = client.patch("/v1/author/1", "{\"name\":\"b\"}");

    assertThat(documents(reply))
        .containsExactlyInAnyOrder("article:one", "article:two", "article:three", "author:1");
    assertThat(models(reply)).isEmpty();
    assertThat(demands(reply, "article:three")).isTrue();
    assertThat(demands(reply, "article:one")).isTrue();
  }

  /** The link's end was named before; its beginning still is. */
  @Test
  void link_thatIsGoneBeforeTheCommit_staysNamed() throws Exception {
    meanwhile("update article set author_id = null where id = 1");
    Reply reply = client.patch("/v1/author/1", "{\"name\":\"b\"}");
    assertThat(documents(reply)).contains("article:one");
  }

  /** A reader of the new key must not be shown the comment that is no longer there. */
  @Test
  void keyOfAnotherRow_thatChangesBeforeTheCommit_isNamed_whereTheRowWasToo() throws Exception {
    meanwhile("update article set slug = 'uno' where id = 1");
    Reply moved = client.patch("/v1/comment/2", "{\"article_id\":3}");
    assertThat(documents(moved))
        .containsExactlyInAnyOrder("article:one", "article:uno", "article:three");

    meanwhile("update article set slug = 'eins' where id = 1");
    Reply deleted = client.delete("/v1/comment/1");
    assertThat(documents(deleted)).containsExactlyInAnyOrder("article:uno", "article:eins");
  }

  @Test
  void transaction_namesInItsBodyWhatMoved() throws Exception {
    meanwhile("update article set author_id = 1 where id = 3");
    Reply reply =
        client.post(
            "/v1/transactions",
            "{\"operations\": [{\"op\":\"patch\",\"resource\":\"author\",\"key\":[\"1\"],\"value\":{\"name\":\"b\"}}]}");
    assertThat(reply.json().path("documents"))
        .extracting(one -> one.asText())
        .contains("article:three");
  }

  @Test
  void repetition_isToldWhatMoved() throws Exception {
    String[] key = {"Idempotency-Key", "\"moved\""};
    meanwhile("update article set author_id = 1 where id = 3");
    Reply first = client.patch("/v1/author/1", "{\"name\":\"b\"}", key);
    Reply again = client.patch("/v1/author/1", "{\"name\":\"b\"}", key);

    assertThat(documents(first)).contains("article:three");
    assertThat(documents(again)).isEqualTo(documents(first));
    assertThat(models(again)).isEmpty();
    assertThat(again.header("Forebay-Token")).isEqualTo(first.header("Forebay-Token"));
  }

  /** Whoever repeats before the look after the COMMIT, or after a crash there. */
  @Test
  void repetition_thatComesBeforeTheLook_isToldOfWholeModels() throws Exception {
    String[] key = {"Idempotency-Key", "\"early\""};
    AtomicReference<Reply> early = new AtomicReference<>();
    meanwhile("update article set author_id = 1 where id = 3");
    MEANWHILE.afterCommit(() -> early.set(client.patch("/v1/author/1", "{\"name\":\"b\"}", key)));
    Reply first = client.patch("/v1/author/1", "{\"name\":\"b\"}", key);

    Reply repeated = Objects.requireNonNull(early.get());
    assertThat(repeated.status()).isEqualTo(200);
    assertThat(models(repeated)).containsExactly("article");
    assertThat(demands(repeated, "article:three")).isTrue();
    assertThat(models(first)).isEmpty();
  }

  /** The write stands; nobody waits for long. */
  @Test
  void look_thatCannotBeDone_namesModels() throws Exception {
    MeanwhileDataSource meanwhile = new MeanwhileDataSource();
    TokenConfig asServed = TouchedWorld.TOKENS.withAfterwards(TokenConfig.AFTERWARDS);
    try (TouchedWorld hasty = new TouchedWorld(asServed, meanwhile::around)) {
      hasty.reset();
      try (Connection other = hasty.postgres.getPostgresDatabase().getConnection();
          Statement statement = other.createStatement()) {
        other.setAutoCommit(false);
        meanwhile.beforeCommit(
            () -> statement.execute("lock table article in access exclusive mode"));
        long began = System.nanoTime();

        Reply reply = hasty.client.patch("/v1/author/1", "{\"name\":\"b\"}");

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(7));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(models(reply)).containsExactly("article");
        assertThat(documents(reply)).containsExactly("author:1");
        assertThat(demands(hasty, reply, "article:three")).isTrue();
        assertThat(hasty.ask("select name from author where id = 1")).isEqualTo("b");
        other.rollback();
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> models(hasty.client.patch("/v1/author/1", "{\"name\":\"c\"}")).isEmpty());
    }
  }

  /** Settings, the row before, UPDATE, the end, audit entry, COMMIT, the look after it. */
  @Test
  void roundTrips_areFew() {
    client.patch("/v1/comment/2", "{\"body\":\"x\"}");
    int before = MEANWHILE.sent();
    client.patch("/v1/comment/2", "{\"body\":\"y\"}");
    assertThat(MEANWHILE.sent() - before).isEqualTo(7);

    before = MEANWHILE.sent();
    client.patch("/v1/comment/2", "{\"article_id\":3}");
    assertThat(MEANWHILE.sent() - before).as("the row leads elsewhere").isEqualTo(8);

    before = MEANWHILE.sent();
    client.post("/v1/vote", "{\"article_id\":12345}");
    assertThat(MEANWHILE.sent() - before).as("no model reads it").isEqualTo(5);
  }

  /** Its 412 needs nobody's lock. */
  @Test
  void putThatOnlyCreates_waitsForNoLock() throws Exception {
    try (Connection other = world.postgres.getPostgresDatabase().getConnection();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("select 1 from article where id = 1 for update");
      Reply reply = client.put("/v1/article/1", "{\"slug\":\"x\"}", "If-None-Match", "*");
      assertThat(reply.status()).isEqualTo(412);
      other.rollback();
    }
    Reply made = client.put("/v1/article/9", "{\"slug\":\"nine\"}", "If-None-Match", "*");
    assertThat(made.status()).isEqualTo(201);
    assertThat(documents(made)).containsExactlyInAnyOrder("article:nine", "front:");
  }

  /** A second, and not until somebody else lets go. */
  @Test
  void lookAtTheEnd_thatTakesTooLong_namesModels() throws Exception {
    try (Connection other = world.postgres.getPostgresDatabase().getConnection();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("lock table article in access exclusive mode");
      long began = System.nanoTime();
      Reply reply = client.patch("/v1/comment/2", "{\"body\":\"x\"}");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(7));
      assertThat(reply.status()).isEqualTo(200);
      assertThat(models(reply)).containsExactly("article");
      other.rollback();
    }
  }

  @Test
  void timeOfAllLooks_thatIsOver_namesModels_andTheWriteSucceeds() throws Exception {
    dev.forebay.api.write.Reply reply =
        deleteComment(Duration.ZERO, new Request(CALLER, null, List.of(), true), told -> {});

    assertThat(reply.headers()).containsEntry("Forebay-Models", "\"article\"");
    assertThat(reply.headers()).doesNotContainKey("Forebay-Documents");
    assertThat(world.ask("select count(*) from comment")).isEqualTo("1");
  }

  @Test
  void reply_isMadeOnce_whereNothingIsUnsure() throws Exception {
    Request request = new Request(CALLER, new IdempotencyKey("once", "print"), List.of(), true);
    List<List<String>> made = new ArrayList<>();

    dev.forebay.api.write.Reply reply =
        deleteComment(Duration.ZERO, request, told -> made.add(told.models()));

    assertThat(made).isEqualTo(List.of(List.of("article")));
    assertThat(stored("once")).isEqualTo(reply.headers().get("Forebay-Token"));
  }

  @Test
  void reply_isMadeAgain_whereTheLookAfterTheCommitMadeSure() throws Exception {
    Request request = new Request(CALLER, new IdempotencyKey("again", "print"), List.of(), true);
    List<List<String>> made = new ArrayList<>();

    dev.forebay.api.write.Reply reply =
        deleteComment(Duration.ofSeconds(8), request, told -> made.add(told.models()));

    assertThat(made).isEqualTo(List.of(List.of("article"), List.of()));
    assertThat(stored("again")).isEqualTo(reply.headers().get("Forebay-Token"));
  }

  private static String stored(String key) throws Exception {
    return world.ask(
        "select headers->>'Forebay-Token' from forebay.idempotency where key = '" + key + "'");
  }

  /**
   * Past HTTP.
   *
   * @param time for all looks together
   * @param made is told of each reply that is made
   */
  private static dev.forebay.api.write.Reply deleteComment(
      Duration time, Request request, Consumer<Told> made) throws Exception {
    List<ResourceTable> tables =
        ResourceTables.read(new CatalogReader(world.pool), world.models.resources());
    RowStore comments =
        new RowStore(
            tables.stream()
                .filter(one -> one.resource().name().equals("comment"))
                .findFirst()
                .orElseThrow());
    Writes writes =
        new Writes(
            new Transactions(world.pool, Duration.ofSeconds(8), Duration.ofSeconds(8)),
            Instance.DEFAULT,
            Touches.read(
                world.pool, world.models, tables, Instance.DEFAULT, time, TouchedWorld.AFTERWARDS),
            new Receipts(
                new Tokens(TouchedWorld.TOKENS, Instance.DEFAULT, InstantSource.system()),
                TouchedWorld.TOKENS));
    return writes.all(
        request,
        List.of(Step.only(comments, new Operation.Delete(List.of("1"), Precondition.NONE))),
        (applied, told) -> {
          made.accept(told);
          return new dev.forebay.api.write.Reply(204, Map.of(), null);
        });
  }
}
