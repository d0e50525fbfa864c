package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.OriginWorld.Written;
import dev.forebay.api.TestClient.Reply;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Sessions that write and read at random beside each other and beside transactions that stay open:
 * none is ever answered less than it has written itself. {@code -Dorigin.seed=…} repeats a run.
 */
class OriginSessionsIT {

  private static final int SESSIONS = 8;
  private static final int STEPS = 150;
  private static final int KEYS = 60;

  @Test
  void sessions_readTheirOwnWrites() throws Exception {
    long seed = Long.getLong("origin.seed", System.nanoTime());
    System.out.println("origin seed " + seed);
    AtomicInteger answered = new AtomicInteger();
    try (OriginWorld world = new OriginWorld();
        Connection open = world.postgres.getPostgresDatabase().getConnection();
        Statement statement = open.createStatement();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      world.execute("insert into article select 'k' || i, 0 from generate_series(0, 59) i");
      // Never visible to anybody, and below every ceiling.
      open.setAutoCommit(false);
      statement.execute("insert into article values ('open', 0)");
      List<Future<Void>> sessions = new ArrayList<>();
      for (int i = 0; i < SESSIONS; i++) {
        Random random = new Random(seed + i);
        sessions.add(threads.submit(() -> session(world, random, answered)));
      }
      for (Future<Void> session : sessions) {
        session.get();
      }
      open.rollback();
      System.out.printf(
          "sessions: %d replies, %.0f from memory, %.0f built, %.0f joined%n",
          answered.get(), world.reads("hit"), world.reads("load"), world.reads("joined"));
      assertThat(world.reads("hit")).isPositive();
      assertThat(world.reads("load")).isPositive();
      assertThat(world.reads("failed") + world.reads("limited")).isZero();
    }
  }

  private static Void session(OriginWorld world, Random random, AtomicInteger answered)
      throws Exception {
    Map<String, Long> mine = new HashMap<>();
    String token = "";
    try (Connection connection = world.postgres.getPostgresDatabase().getConnection()) {
      for (int i = 0; i < STEPS; i++) {
        String id = "k" + random.nextInt(KEYS);
        if (random.nextInt(3) == 0) {
          Written written = world.write(connection, id);
          token = world.token(List.of(token), written.xid(), id);
          mine.put(id, written.n());
        }
        List<String> known = new ArrayList<>(mine.keySet());
        if (!known.isEmpty() && random.nextBoolean()) {
          known.sort(null);
          id = known.get(random.nextInt(known.size()));
        }
        Reply reply = world.read(id, "Forebay-Token", token.isEmpty() ? "none" : token);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        assertThat(reply.json().path("n").asLong())
            .as("%s in step %d", id, i)
            .isGreaterThanOrEqualTo(mine.getOrDefault(id, 0L));
        answered.incrementAndGet();
      }
    }
    return null;
  }
}
