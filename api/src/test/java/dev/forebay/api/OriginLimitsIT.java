package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.OriginWorld.Written;
import dev.forebay.api.TestClient.Reply;
import dev.forebay.api.token.Touched;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one client may ask for, a database that does not answer, and one that was restored. */
class OriginLimitsIT {

  private static final int BURST = 5;
  private static final int READERS = 40;
  private static final int WRITES = 40;

  private final List<OriginWorld> worlds = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (OriginWorld world : worlds) {
      world.close();
    }
  }

  private OriginWorld open(OriginWorld world) {
    worlds.add(world);
    return world;
  }

  @Test
  void client_thatAsksTooMuch_isToldWhenToComeBack_andNobodyElseIs() throws Exception {
    OriginWorld world = open(new OriginWorld(1, BURST, 80));
    List<Reply> replies = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < 3 * BURST; i++) {
      replies.add(readFrom(world, "2001:db8:0:1::" + i));
    }
    long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds() + 1;

    assertThat(replies)
        .filteredOn(reply -> reply.status() == 200)
        .hasSizeBetween(BURST, BURST + (int) seconds);
    assertThat(replies)
        .filteredOn(reply -> reply.status() != 200)
        .isNotEmpty()
        .allSatisfy(refused -> {
          assertThat(refused.problem()).isEqualTo("too-many-requests");
          assertThat(refused.header("Retry-After")).isEqualTo("1");
        });
    assertThat(readFrom(world, "2001:db8:0:2::1").status()).as("another network").isEqualTo(200);
    assertThat(readFrom(world, "192.0.2.7").status()).as("another client").isEqualTo(200);
    assertThat(world.reads("limited"))
        .isEqualTo((double) replies.stream().filter(reply -> reply.status() == 429).count());
  }

  private static Reply readFrom(OriginWorld world, String address) {
    return world.get(OriginWorld.path("a"), world.sign(address, OriginWorld.kvKey("a")));
  }

  @Test
  void databaseThatIsBlocked_is503InTime() throws Exception {
    OriginWorld world = open(new OriginWorld());
    List<Future<Reply>> asked = new ArrayList<>();
    List<Long> nanos = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection blocker = world.postgres.getPostgresDatabase().getConnection();
        Statement statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      statement.execute("lock table article in access exclusive mode");
      for (int i = 0; i < 40; i++) {
        String id = "k" + i;
        asked.add(
            threads.submit(() -> {
              long begin = System.nanoTime();
              Reply reply = world.read(id);
              synchronized (nanos) {
                nanos.add(System.nanoTime() - begin);
              }
              return reply;
            }));
      }
      for (Future<Reply> one : asked) {
        Reply reply = one.get();
        assertThat(reply.status()).as(reply.toString()).isEqualTo(503);
        assertThat(reply.header("Retry-After")).isNotEmpty();
        assertThat(reply.problem()).isIn("overloaded", "timed-out");
      }
      blocker.rollback();
    }

    System.out.printf(
        "blocked: slowest 503 %.0f ms%n",
        nanos.stream().mapToLong(one -> one).max().orElse(0) / 1e6);
    assertThat(nanos).allMatch(one -> one < Duration.ofSeconds(5).toNanos());
    assertThat(world.queries()).as("at most four at once").isLessThanOrEqualTo(8);
    assertThat(world.reads("limited")).isPositive();
    assertThat(world.reads("failed")).isPositive();
    assertThat(world.read("a").status()).isEqualTo(200);
  }

  /**
   * Readers ask for documents without end, each of which hangs in the database; writers have the
   * rest of the pool. Relative, for the machine may be slow; the median, for it may be busy.
   */
  @Test
  void writes_whileReadsHang_areAboutAsFastAsBefore() throws Exception {
    OriginWorld world = open(new OriginWorld());
    write(world, 100);
    double before = write(world, 200);
    AtomicBoolean over = new AtomicBoolean();
    double meanwhile;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection blocker = world.postgres.getPostgresDatabase().getConnection();
        Statement statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      statement.execute("lock table article in access exclusive mode");
      List<Future<?>> readers = new ArrayList<>();
      try {
        for (int i = 0; i < READERS; i++) {
          String id = "k" + i;
          readers.add(
              threads.submit(() -> {
                while (!over.get()) {
                  world.read(id);
                }
              }));
        }
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> world.reads("limited") >= READERS / 2);
        meanwhile = write(world, 300);
      } finally {
        over.set(true);
        blocker.rollback();
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    }

    System.out.printf("median write %.1f ms, while reads hang %.1f ms%n", before, meanwhile);
    assertThat(meanwhile).isLessThan(10 * before);
  }

  /** Writes some rows, one after the other; returns the median of milliseconds. */
  private static double write(OriginWorld world, int first) {
    List<Long> nanos = new ArrayList<>();
    for (int id = first; id < first + WRITES; id++) {
      long begin = System.nanoTime();
      Reply written = world.client.post("/v1/note", "{\"id\":" + id + "}");
      nanos.add(System.nanoTime() - begin);
      assertThat(written.status()).as(written.toString()).isEqualTo(201);
    }
    Collections.sort(nanos);
    return nanos.get(WRITES / 2) / 1e6;
  }

  @Test
  void requestsInFlight_areLimitedHereToo() throws Exception {
    OriginWorld world = open(new OriginWorld(0, 1, 2));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection blocker = world.postgres.getPostgresDatabase().getConnection();
        Statement statement = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      statement.execute("lock table article in access exclusive mode");
      List<Future<Reply>> asked = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        asked.add(threads.submit(() -> world.read("a")));
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Reply> one : asked) {
        statuses.add(one.get().status());
      }
      assertThat(statuses).containsOnly(503);
      blocker.rollback();
    }

    assertThat(world.metrics.get("forebay.api.shed").functionCounter().count()).isEqualTo(8);
  }

  @Test
  void restoredHistory_dropsWhatWasKept_andItsTokensDemandNothing() throws Exception {
    OriginWorld world = open(new OriginWorld());
    Written written = world.write("a");
    String token = world.token(List.of(), written.xid(), "a");
    String former = world.history();
    assertThat(world.read("a", "Forebay-Token", token).status()).isEqualTo(200);
    assertThat(world.read("b", "Forebay-Token", token).status()).isEqualTo(200);
    world.execute("update forebay_preview.history set id = 'another'");
    Written later = world.write("a");
    String newer = world.token(List.of(), later.xid(), "a");

    Reply reply = world.read("a", "Forebay-Token", newer);

    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(reply.header("Forebay-History")).isEqualTo("another").isNotEqualTo(former);
    assertThat(reply.json().path("n").asLong()).isEqualTo(later.n());
    double queries = world.queries();
    assertThat(world.read("b").header("Forebay-History"))
        .as("the entry of the former history is gone, young as it is")
        .isEqualTo("another");
    assertThat(world.queries() - queries).isEqualTo(1);
    String impossible =
        world.tokens.issue(
            List.of(),
            new Touched(1L << 40, new TreeMap<>(), new TreeSet<>(List.of("article"))),
            former);
    assertThat(world.read("a", "Forebay-Token", impossible).status())
        .as("a token of the former history demands nothing")
        .isEqualTo(200);
  }
}
