package dev.forebay.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.emulator.Fault;
import dev.forebay.ops.SyncSite.Launched;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What piled up while no worker ran, drained by one in a heap of 512 MB. Prints what it took; what
 * is left must equal SQL, with the slot past all of it.
 */
@Tag("long")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class BacklogIT {

  private static final int CHANGES = Integer.getInteger("backlog.changes", 5_000_000);
  private static final int SLICE = 1_000;
  private static final Duration LIMIT = Duration.ofMinutes(40);
  private static final Duration KV_AWAY = Duration.ofMinutes(3);

  @TempDir private Path directory;
  private SyncSite site;

  @BeforeEach
  void open() throws Exception {
    site = new SyncSite(directory);
  }

  @AfterEach
  void end() throws Exception {
    site.endProcesses();
    site.close();
  }

  @Test
  void manyChangesOfFewDocuments() throws Exception {
    prepare(50_000);
    updateInSlices(50_000, SLICE);

    measure("changes of 50,000 documents", CHANGES);
  }

  /** Every change waits for KV, so that nothing is released while the log is read. */
  @Test
  void manyChangesOfFewDocuments_whileKvIsAway() throws Exception {
    prepare(40_000);
    updateInSlices(40_000, SLICE);
    site.kv().faults().decide(operation -> Optional.of(Fault.serverError(503)));

    Launched worker = start();
    await().pollDelay(KV_AWAY).atMost(LIMIT).until(worker.process()::isAlive);
    print(worker, "changes, while KV is away");
    site.kv().faults().clear();
    measure(worker, "changes of 40,000 documents, after KV was away for 3 minutes", CHANGES);
  }

  /** Each transaction that is not acknowledged takes memory of its own. */
  @Test
  void manySmallTransactions_whileKvIsAway() throws Exception {
    prepare(40_000);
    updateInSlices(40_000, 4);
    site.kv().faults().decide(operation -> Optional.of(Fault.serverError(503)));

    Launched worker = start();
    await().pollDelay(KV_AWAY).atMost(LIMIT).until(worker.process()::isAlive);
    print(worker, "transactions of 4 rows, while KV is away");
    site.kv().faults().clear();
    measure(worker, "changes, 4 in a transaction, after KV was away for 3 minutes", CHANGES);
  }

  @Test
  void twoTransactionsOfAMillionRows() throws Exception {
    prepare(20);
    site.execute(
        "insert into note select i, 'n' || i, '0' from generate_series(21, 1000000) i",
        "update note set title = '1'");

    measure("changes of 1,000,000 documents in two transactions", 2_000_000);
  }

  /** Leaves so many documents in KV, a slot, and no worker. */
  private void prepare(int documents) throws Exception {
    site.execute(
        "insert into note select i, 'n' || i, '0' from generate_series(21, " + documents + ") i");
    Launched worker = start();
    await().atMost(LIMIT).until(() -> worker.isReady() && site.stored().size() == documents);
    worker.process().destroy();
    await().atMost(LIMIT).until(() -> !worker.process().isAlive());
  }

  private void updateInSlices(int documents, int slice) throws SQLException {
    try (Connection connection = site.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          do $$ begin
            for version in 1 .. %1$d / %2$d loop
              for low in 1 .. %2$d by %3$d loop
                update note set title = version where id between low and low + %3$d - 1;
                commit;
              end loop;
            end loop;
          end $$\
          """
              .formatted(CHANGES, documents, slice));
    }
  }

  private Launched start() throws IOException {
    return site.launch(memory().options(), "sync");
  }

  private GcLog memory() {
    return new GcLog(directory.resolve("gc.log"));
  }

  private void measure(String what, int changes) throws Exception {
    measure(start(), what, changes);
  }

  private void measure(Launched worker, String what, int changes) throws Exception {
    String position = site.query("select pg_current_wal_insert_lsn()");
    int written = site.namespace().log().size();
    long began = System.nanoTime();
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> !worker.process().isAlive() || isConfirmedPast(position));
    Duration elapsed = Duration.ofNanos(System.nanoTime() - began);

    assertThat(worker.process().isAlive()).as("%s", worker.says()).isTrue();
    print(
        worker,
        String.format(
            Locale.ROOT,
            "%,d %s: %d s, %,d changes a second, %,d KV writes",
            changes,
            what,
            elapsed.toSeconds(),
            changes * 1_000L / elapsed.toMillis(),
            site.namespace().log().size() - written));
    assertThat(site.stored()).isEqualTo(site.expected());
  }

  private boolean isConfirmedPast(String position) throws SQLException {
    return site.query("select confirmed_flush_lsn >= '" + position + "' from pg_replication_slots")
        .equals("t");
  }

  private void print(Launched worker, String what) throws IOException {
    System.out.println(
        "backlog, "
            + what
            + "; "
            + memory().summary(worker.process())
            + ", "
            + worker.metric("forebay_transactions_inflight"));
  }
}
