package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/** Whatever shape a transaction has, its documents are what it left. */
@NullUnmarked
class TransactionIT extends WorkerFixture {

  @BeforeEach
  void prepare() throws SQLException {
    harness.execute(
        """
        insert into author values (1, 'ada', 'Ada'), (2, 'bob', 'Bob');
        insert into article values (1, 'one', 'One', 1), (2, 'two', 'Two', 1), (3, 'three', 'Three', 2);
        insert into comment values (1, 'fine', 1)\
        """);
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
  }

  @Test
  void prepared_isPublishedWhenItIsCommitted() throws SQLException {
    harness.execute(
        """
        begin;
        update article set title = 'Uno', slug = 'uno' where id = 1;
        insert into article values (4, 'four', 'Four', 2);
        prepare transaction 'p1'\
        """);
    harness.execute("update author set name = 'Bob B.' where id = 2");
    harness.awaitExact();
    assertThat(harness.stored()).containsKey("article:one").doesNotContainKey("article:four");

    harness.execute("commit prepared 'p1'");

    harness.awaitExact();
    assertThat(harness.stored()).containsKeys("article:uno", "article:four");
  }

  @Test
  void preparedBeforeAndCommittedAfterARestart_isPublished() throws SQLException {
    harness.execute("begin; update article set title = 'Uno'; prepare transaction 'p2'");
    harness.stop();
    harness.start();
    acknowledgeSomething();

    harness.execute("commit prepared 'p2'");

    harness.awaitExact();
    assertThat(harness.stored().get("article:one")).contains("Uno");
  }

  @Test
  void preparedAndRolledBack_leavesNoTrace() throws SQLException {
    int before = harness.changes().size();
    harness.execute(
        "begin; update article set title = 'never', slug = 'never' where id = 2;"
            + " prepare transaction 'p3'");
    harness.execute("rollback prepared 'p3'");
    harness.execute("update author set name = 'Bob B.' where id = 2");

    harness.awaitExact();
    assertThat(harness.changes().subList(before, harness.changes().size()))
        .containsExactlyInAnyOrder("author:bob", "article:three");
  }

  @Test
  void openOverRestartsAndLostConnections_isPublishedWhole() throws SQLException {
    holdOpen(Duration.ofSeconds(3));
  }

  @Test
  @Tag("long")
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void openForTenMinutes_isPublishedWhole() throws SQLException {
    holdOpen(Duration.ofMinutes(10));
  }

  /** Others are acknowledged meanwhile, so that the slot stands behind where it began. */
  private void holdOpen(Duration time) throws SQLException {
    long end = System.nanoTime() + time.toNanos();
    int rows = 0;
    try (Connection connection = harness.pool.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      do {
        rows++;
        statement.execute(
            "insert into article values (%1$d, 'open-%1$d', 'Open', 1)".formatted(100 + rows));
        acknowledgeSomething();
        if (rows % 2 == 0) {
          harness.stop();
          harness.start();
          harness.awaitReading();
        } else {
          endConnectionsButOf(connection);
        }
      } while (System.nanoTime() < end);
      assertThat(harness.stored()).doesNotContainKey("article:open-101");
      connection.commit();
    }
    harness.awaitExact();
    assertThat(harness.stored()).containsKeys("article:open-101", "article:open-" + (100 + rows));
  }

  /** The engine's and the pool's, as a restart of the network would. */
  private void endConnectionsButOf(Connection spared) throws SQLException {
    int pid = spared.unwrap(PGConnection.class).getBackendPID();
    harness.query(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            + " where datname = current_database() and pid not in (pg_backend_pid(), "
            + pid
            + ")");
  }

  private void acknowledgeSomething() throws SQLException {
    await()
        .atMost(Harness.LIMIT)
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(() -> {
          // The pool may hand out a connection that has just been ended.
          harness.execute("update comment set body = body || '.' where id = 1");
          return true;
        });
    String position = harness.query("select pg_current_wal_insert_lsn()");
    await()
        .atMost(Harness.LIMIT)
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(() -> harness.isConfirmedPast(position));
  }

  /** The first acknowledgement of a transaction in parts would lose what comes after a cut. */
  @Test
  void copyOfTenThousandRows_cutOffInTheMiddle_losesNothing() throws SQLException, IOException {
    String rows =
        IntStream.range(0, 10_000)
            .mapToObj(i -> "%1$d\tcopy-%1$d%n".formatted(1_000 + i))
            .collect(Collectors.joining());
    try (Connection connection = harness.pool.getConnection()) {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("copy tag from stdin", new StringReader(rows));
    }
    await().atMost(Harness.LIMIT).until(() -> harness.stored().size() > 500);
    harness.terminateWalsender();

    harness.awaitExact();
    assertThat(harness.stored()).hasSize(10_005);
  }

  @Test
  void thirtyThousandRows_areFollowed() throws SQLException {
    harness.execute(
        "insert into comment select i, 'c', 1 + mod(i, 3) from generate_series(2, 30000) i");
    harness.awaitExact();
    harness.execute("update comment set body = 'd'; delete from comment where mod(id, 7) > 0");

    harness.awaitExact();
  }

  /** Each is a delete and a create, and a batch of the engine may end between the two. */
  @Test
  void primaryKeysOfManyRows_changedAtOnce_areFollowed() throws SQLException {
    harness.execute("insert into tag select i, 'tag-' || i from generate_series(1, 5000) i");
    harness.awaitExact();

    harness.execute("update tag set id = id + 100000, slug = 'moved-' || id");

    harness.awaitExact();
    assertThat(harness.stored()).containsKey("tag:moved-5000").doesNotContainKey("tag:tag-5000");
  }

  @Test
  void onConflict_updatesOrDoesNothing() throws SQLException {
    harness.execute(
        """
        insert into article values (1, 'first', 'Uno', 2), (9, 'nine', 'Nine', 2)
          on conflict (id) do update set title = excluded.title, author_id = excluded.author_id;
        insert into article values (7, 'two', 'never', 2) on conflict do nothing\
        """);

    harness.awaitExact();
    assertThat(harness.stored().get("article:one")).contains("Uno");
    assertThat(harness.stored().get("article:two")).doesNotContain("never");
  }

  @Test
  void merge_insertsUpdatesAndDeletes() throws SQLException {
    harness.execute(
        """
        merge into article a using (values (1, 'Uno'), (2, null), (8, 'Eight')) v (id, title)
          on a.id = v.id
        when matched and v.title is null then delete
        when matched then update set title = v.title
        when not matched then insert values (v.id, 'm-' || v.id, v.title, 1)\
        """);

    harness.awaitExact();
    assertThat(harness.stored()).containsKey("article:m-8").doesNotContainKey("article:two");
  }

  @Test
  void cascades_areFollowedFromTheReferencedRow() throws SQLException {
    harness.execute("delete from article where id = 1");
    harness.awaitExact();
    harness.execute("update author set id = 20 where id = 2");

    harness.awaitExact();
    assertThat(harness.query("select count(*) from comment")).isEqualTo("0");
    assertThat(harness.stored().get("article:three")).contains("Bob");
  }

  @Test
  void savepointsWithinSavepoints_keepWhatWasReleased() throws SQLException {
    harness.execute(
        """
        begin;
        insert into article values (4, 'four', 'Four', 1);
        savepoint a;
          insert into article values (5, 'five', 'Five', 1);
          savepoint b;
            delete from article where id = 2;
            update article set slug = 'never' where id = 1;
          rollback to b;
          update article set author_id = 2 where id = 2;
        release a;
        savepoint c;
          truncate comment;
        rollback to c;
        commit\
        """);

    harness.awaitExact();
    assertThat(harness.stored())
        .containsKeys("article:one", "article:two", "article:four", "article:five")
        .doesNotContainKey("article:never");
  }
}
