package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/**
 * Commits that the log delivers before any snapshot sees them. A synchronous standby that does not
 * exist makes them: the commit is in the log, its session waits, and its effects stay invisible
 * until the wait is cancelled.
 */
@NullUnmarked
class VisibilityIT extends WorkerFixture {

  /** Before the harness closes: nothing that waits for the standby could be closed. */
  @AfterEach
  void forgetStandby() throws SQLException {
    standby("''");
  }

  @Test
  void commitDecodedBeforeItIsVisible_isNotPublishedFromTheOldState() throws SQLException {
    harness.execute("insert into author values (1, 'ada', 'Ada')");
    harness.start();
    harness.awaitExact();
    Hanging change = hang(harness, "update author set name = 'Eve' where id = 1");

    // A later transaction of another session is visible and flows.
    harness.execute("set synchronous_commit = local; insert into author values (2, 'bob', 'B')");
    await().atMost(Harness.LIMIT).until(() -> harness.stored().containsKey("author:bob"));
    assertThat(harness.stored().get("author:ada")).contains("Ada");
    assertThat(harness.worker().syncLag()).isPositive();

    change.letGo();
    harness.awaitExact();
    assertThat(harness.stored().get("author:ada")).contains("Eve");
  }

  @Test
  void leafUnderAMovedRow_bothInvisible_reachesTheNewRoot() throws SQLException {
    harness.execute(
        """
        insert into author values (1, 'ada', 'Ada'), (2, 'bob', 'Bob');
        insert into article values (1, 'middle', 'Middle', 1)\
        """);
    harness.start();
    harness.awaitExact();
    Hanging move = hang(harness, "update article set author_id = 2 where id = 1");
    Hanging leaf = hang(harness, "insert into comment values (1, 'leaf', 1)");

    move.letGo();
    await()
        .atMost(Harness.LIMIT)
        .until(() -> harness.stored().get("author:bob").contains("Middle"));
    leaf.letGo();

    harness.awaitExact();
    assertThat(harness.stored().get("author:bob")).contains("leaf");
  }

  @Test
  void startWhileTheStandbyIsAway_publishesWhatIsVisible() throws SQLException {
    harness.start();
    harness.awaitExact();
    Hanging hanging = hang(harness, "insert into author values (1, 'ada', 'Ada')");
    harness.stop();
    harness.execute("set synchronous_commit = local; insert into author values (2, 'bob', 'B')");

    harness.start();
    await().atMost(Harness.LIMIT).until(() -> harness.stored().containsKey("author:bob"));
    harness.execute("set synchronous_commit = local; update author set name = 'C' where id = 2");
    await().atMost(Harness.LIMIT).until(() -> harness.stored().get("author:bob").contains("C"));

    hanging.letGo();
    harness.awaitExact();
  }

  private record Hanging(Harness harness, int pid, CompletableFuture<Void> session) {
    /** Cancels the wait; the transaction is committed and becomes visible. */
    void letGo() throws SQLException {
      harness.execute("select pg_cancel_backend(" + pid + ")");
      session.join();
    }
  }

  /** Runs a statement whose commit waits for the standby, and returns once the log carries it. */
  private static Hanging hang(Harness harness, String sql) throws SQLException {
    standby("nonexist");
    CompletableFuture<Integer> pid = new CompletableFuture<>();
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<Void> session =
        CompletableFuture.runAsync(
            () -> commitAndWait(harness, sql, pid, waiting),
            // Each session blocks until it is let go, so that a shared pool would run dry.
            task -> Thread.ofPlatform().start(task));
    awaitCommitWait(harness, pid.join());
    harness.execute("select pg_cancel_backend(" + pid.join() + ")");
    await().atMost(Harness.LIMIT).until(() -> waiting.getCount() == 0);
    awaitCommitWait(harness, pid.join());
    String position = harness.query("select pg_current_wal_insert_lsn()");
    await()
        .atMost(Harness.LIMIT)
        .until(() ->
            harness
                .query("select max(sent_lsn) >= '" + position + "' from pg_stat_replication")
                .equals("t"));
    return new Hanging(harness, pid.join(), session);
  }

  private static void commitAndWait(
      Harness harness, String sql, CompletableFuture<Integer> pid, CountDownLatch waiting) {
    try (Connection connection = harness.pool.getConnection();
        Statement statement = connection.createStatement()) {
      pid.complete(connection.unwrap(PGConnection.class).getBackendPID());
      statement.execute("set synchronous_commit = on");
      // The setting takes effect at some later moment: commit until one has to be called off.
      do {
        statement.clearWarnings();
        statement.execute("select pg_logical_emit_message(true, 'probe', '')");
      } while (statement.getWarnings() == null);
      waiting.countDown();
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitCommitWait(Harness harness, int pid) {
    await()
        .atMost(Harness.LIMIT)
        .until(() ->
            harness
                .query("select wait_event from pg_stat_activity where pid = " + pid)
                .equals("SyncRep"));
  }

  private static void standby(String names) throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("alter system set synchronous_standby_names = " + names);
      statement.execute("select pg_reload_conf()");
    }
  }
}
