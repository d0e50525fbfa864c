package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.KvException;
import dev.forebay.kv.testing.InMemoryKvClient.Fault;
import java.sql.SQLException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slot that PostgreSQL gave up: it stays in the catalog, and an engine would ask for ever. */
@NullUnmarked
class SlotLossIT extends WorkerFixture {

  @BeforeEach
  void prepare() throws SQLException {
    harness.execute("insert into author values (1, 'ada', 'Ada')");
    harness.execute("insert into article values (1, 'one', 'One', 1)");
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
  }

  @AfterEach
  void keepTheLog() throws SQLException {
    set("max_slot_wal_keep_size", "-1");
    set("idle_replication_slot_timeout", "0");
  }

  @Test
  void lostWhileTheWorkerIsAway_isMadeAgainAndEverythingChecked() throws SQLException {
    harness.stop();
    change();
    set("max_slot_wal_keep_size", "1MB");
    loseTheSlot("wal_removed");

    harness.start();

    harness.awaitExact();
    assertRead();
  }

  @Test
  void idleForTooLong_isMadeAgainAndEverythingChecked() throws SQLException {
    harness.stop();
    change();
    set("idle_replication_slot_timeout", "1s");
    loseTheSlot("idle_timeout");

    harness.start();

    harness.awaitExact();
    assertRead();
  }

  @Test
  void lostUnderTheWorker_whileKvIsAway_isMadeAgainAndEverythingChecked() throws SQLException {
    harness.kv.next(
        Integer.MAX_VALUE / 1_000_000, new Fault.Fail(new KvException.Unavailable("away", null)));
    change();
    set("max_slot_wal_keep_size", "1MB");
    loseTheSlot("wal_removed");

    harness.kv.heal();

    harness.awaitExact();
    assertRead();
  }

  private void change() throws SQLException {
    harness.execute("update article set title = 'Uno', slug = 'uno' where id = 1");
    harness.execute("insert into article values (2, 'two', 'Two', 1)");
    harness.execute("delete from comment; delete from tag");
  }

  /** Fills the log and lets PostgreSQL tidy it, until this slot's part is gone. */
  private void loseTheSlot(String reason) {
    await()
        .atMost(Harness.LIMIT)
        .until(() -> {
          harness.execute("select pg_logical_emit_message(false, 'filler', 'x')");
          harness.execute("select pg_switch_wal()");
          harness.execute("checkpoint");
          return harness
              .query(
                  "select invalidation_reason from pg_replication_slots where slot_name = '"
                      + harness.slotName()
                      + "'")
              .equals(reason);
        });
  }

  /** The new slot is read, and may last. */
  private void assertRead() throws SQLException {
    keepTheLog();
    harness.awaitReading();
    harness.execute("update author set name = 'Eve' where id = 1");
    harness.awaitExact();
    assertThat(harness.query("select count(*) from pg_replication_slots where wal_status = 'lost'"))
        .isEqualTo("0");
  }

  private void set(String name, String value) throws SQLException {
    harness.execute("alter system set " + name + " = '" + value + "'");
    harness.execute("select pg_reload_conf()");
  }
}
