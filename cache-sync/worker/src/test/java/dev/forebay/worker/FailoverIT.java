package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.KvException;
import dev.forebay.kv.testing.InMemoryKvClient.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The primary dies and its standby takes its place, having replayed all of its log. Clients find it
 * where the primary was, and a while before it is promoted.
 */
@NullUnmarked
class FailoverIT {

  @TempDir private Path directory;
  private OwnServer primary;
  private OwnServer standby;
  private Harness harness;

  @BeforeEach
  void prepare() throws SQLException, IOException {
    primary = OwnServer.start(directory.resolve("primary"));
    harness = new Harness(primary.postgres(), directory);
    harness.execute("insert into author values (1, 'ada', 'Ada'), (2, 'bob', 'Bob')");
    harness.execute("insert into article values (1, 'one', 'One', 1)");
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
  }

  @AfterEach
  void end() throws IOException {
    harness.close();
    standby.close();
  }

  @Test
  void slotThatIsKeptOnTheStandby_isReadOnThere() throws Exception {
    standby = primary.standby(directory.resolve("standby"), List.of("sync_replication_slots = on"));
    primary.execute("alter system set synchronized_standby_slots = 'standby'");
    primary.execute("select pg_reload_conf()");
    await()
        .atMost(Harness.LIMIT)
        .until(() -> {
          primary.execute("select pg_log_standby_snapshot()");
          return slot("synced and not temporary").equals("t");
        });
    harness.execute("update author set name = 'Ada L.' where id = 1");
    harness.awaitExact();

    changeAndFailOver();

    harness.awaitExact();
    assertThat(slot("synced and failover")).as("the slot that the standby kept").isEqualTo("t");
    assertFlows();
  }

  @Test
  void slotThatIsMissingOnTheStandby_isMadeAndEverythingChecked() throws Exception {
    standby = primary.standby(directory.resolve("standby"), List.of());

    changeAndFailOver();

    harness.awaitExact();
    assertThat(slot("not synced and failover")).as("a new slot, kept from now on").isEqualTo("t");
    assertFlows();
  }

  /** What KV has not taken is in the standby's tables, and else only in its slot's log. */
  private void changeAndFailOver() throws Exception {
    harness.kv.next(
        Integer.MAX_VALUE / 1_000_000, new Fault.Fail(new KvException.Unavailable("away", null)));
    harness.execute("update article set title = 'Uno', slug = 'uno' where id = 1");
    harness.execute("insert into article values (2, 'two', 'Two', 2)");
    String position = harness.query("select pg_current_wal_insert_lsn()");
    await()
        .atMost(Harness.LIMIT)
        .until(() ->
            standby.query("select pg_last_wal_replay_lsn() >= '" + position + "'").equals("t"));
    int port = primary.port();
    primary.crash();
    standby.stop();
    standby.restart(port);
    await()
        .atMost(Harness.LIMIT)
        .until(() -> harness.worker().problems().toString().contains("log is not being read"));
    standby.execute("select pg_promote()");
    harness.kv.heal();
    await().atMost(Harness.LIMIT).until(() -> harness.stored().containsKey("article:uno"));
  }

  private String slot(String expression) throws SQLException {
    return standby.query(
        "select "
            + expression
            + " from pg_replication_slots where slot_name = '"
            + harness.slotName()
            + "'");
  }

  private void assertFlows() throws SQLException {
    harness.awaitReading();
    harness.execute("update author set name = 'Eve' where id = 1");
    harness.execute("delete from article where id = 2");
    harness.awaitExact();
    String position = harness.query("select pg_current_wal_insert_lsn()");
    await().atMost(Harness.LIMIT).until(() -> harness.isConfirmedPast(position));
  }
}
