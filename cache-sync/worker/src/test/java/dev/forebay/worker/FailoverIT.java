package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.KvException;
import dev.forebay.kv.testing.InMemoryKvClient.Fault;
import dev.forebay.worker.history.HistoryConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    harness.history = onFailover(true);
    harness.execute("insert into author values (1, 'ada', 'Ada'), (2, 'bob', 'Bob')");
    harness.execute("insert into article values (1, 'one', 'One', 1)");
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
  }

  private static HistoryConfig onFailover(boolean goOn) {
    return new HistoryConfig(
        "documents", Duration.ofMinutes(5), Duration.ZERO, Duration.ofMillis(100), goOn);
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

  /** A clone that is promoted looks the same: without consent nothing is written. */
  @Test
  void failover_thatWasNotAgreedTo_halts_untilItIsAdopted() throws Exception {
    harness.stop();
    harness.history = onFailover(false);
    harness.start();
    harness.awaitReading();
    standby = primary.standby(directory.resolve("standby"), List.of());
    Map<String, String> before = harness.stored();
    String history = harness.ledger.history().id();

    failOver();
    await().atMost(Harness.LIMIT).until(() -> harness.leadership().halted().isPresent());

    assertThat(harness.leadership().halted().orElseThrow()).contains("timeline");
    assertThat(harness.stored()).isEqualTo(before);
    assertThat(slot("true")).as("no slot is made").isEmpty();
    harness.adopt();
    await().atMost(Harness.LIMIT).until(() -> harness.leadership().isLeading());
    harness.awaitExact();
    assertThat(harness.ledger.history().id()).isNotEqualTo(history);
    assertFlows();
  }

  /** What KV has not taken is in the standby's tables, and else only in its slot's log. */
  private void changeAndFailOver() throws Exception {
    failOver();
    await().atMost(Harness.LIMIT).until(() -> harness.stored().containsKey("article:uno"));
  }

  private void failOver() throws Exception {
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
