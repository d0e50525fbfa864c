package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.KvException;
import dev.forebay.kv.KvPair;
import dev.forebay.kv.testing.InMemoryKvClient.Applied;
import dev.forebay.kv.testing.InMemoryKvClient.Fault;
import dev.forebay.ledger.LedgerException.LeaseLost;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One leads, the others stand by, and whoever has lost the lease does no harm. */
@NullUnmarked
class LeadershipIT extends WorkerFixture {

  private final List<Leadership> opened = new ArrayList<>();

  @BeforeEach
  void fill() throws SQLException {
    harness.execute("insert into author values (1, 'ada', 'Ada')");
    harness.execute("insert into article values (1, 'one', 'One', 1)");
  }

  @AfterEach
  void closeAll() {
    opened.reversed().forEach(Leadership::close);
  }

  private Leadership standBy() throws SQLException {
    Leadership standby = harness.open(harness.pool);
    opened.add(standby);
    standby.start();
    return standby;
  }

  private Leadership startOn(StoppableDataSource source) throws SQLException {
    Leadership leader = harness.open(source);
    opened.add(leader);
    leader.start();
    await().atMost(Harness.LIMIT).until(leader::isLeading);
    awaitStored("article:one", "One");
    harness.awaitReading();
    return leader;
  }

  private void awaitStored(String kvKey, String text) {
    await()
        .atMost(Harness.LIMIT)
        .until(() -> harness.stored().getOrDefault(kvKey, "").contains(text));
  }

  private String models() throws SQLException {
    return harness.query(
        "select string_agg(model::text, ' ' order by name) from " + harness.slotName() + ".model");
  }

  @Test
  void standby_withOtherModels_touchesNothingBeforeItLeads() throws SQLException, IOException {
    harness.start();
    harness.awaitExact();
    await().atMost(Harness.LIMIT).until(() -> harness.ledger.models().due().isEmpty());
    String before = models();
    harness.declare("title: { from: article, key: \"{id}\", fields: [title] }");
    Leadership standby = standBy();

    await()
        .during(Duration.ofSeconds(2))
        .atMost(Harness.LIMIT)
        .until(() -> models().equals(before) && !standby.isLeading());
    assertThat(standby.problems()).isEmpty();
    assertThat(standby.worker()).isEmpty();

    harness.stop();
    await().atMost(Harness.LIMIT).until(standby::isLeading);
    awaitStored("title:1", "One");
    assertThat(models()).contains("title");
  }

  @Test
  void leader_closed_isFollowedAtOnceAndNothingIsLost() throws SQLException {
    harness.start();
    harness.awaitExact();
    Leadership standby = standBy();
    long term = harness.ledger.lease().state().term();

    harness.execute("update article set title = 'Uno' where id = 1");
    harness.stop();

    await().atMost(Duration.ofSeconds(3)).until(standby::isLeading);
    assertThat(harness.ledger.lease().state().term()).isEqualTo(term + 1);
    awaitStored("article:one", "Uno");
    harness.execute("update article set title = 'Due' where id = 1");
    awaitStored("article:one", "Due");
  }

  /** As by SIGSTOP after the intents' commit: whoever wakes up later must ask before it calls. */
  @Test
  void leader_stoppedBetweenIntentAndCall_makesTheCallNoMore() throws Exception {
    StoppableDataSource source = new StoppableDataSource(harness.pool);
    Leadership former = startOn(source);
    Leadership standby = standBy();
    source.stopAfterOpening();
    harness.execute("update article set title = 'Old' where id = 1");
    source.awaitIntents();
    harness.execute("update article set title = 'New' where id = 1");

    await().atMost(Harness.LIMIT).until(standby::isLeading);
    awaitStored("article:one", "New");
    source.resume();

    await().atMost(Harness.LIMIT).until(() -> former.end().isDone());
    assertThat(former.end().join()).isInstanceOf(LeaseLost.class);
    assertThat(former.isLeading()).isFalse();
    assertThat(harness.kv.log())
        .extracting(Applied::pair)
        .filteredOn(pair -> pair != null)
        .extracting(KvPair::value)
        .noneMatch(value -> value.contains("Old"));
  }

  /** Its connections stay, and with them its hold on the slot, for a minute. */
  @Test
  void leader_stopped_isReplacedAsReaderOfTheSlotToo() throws Exception {
    StoppableDataSource source = new StoppableDataSource(harness.pool);
    Leadership former = startOn(source);
    source.stop();
    Leadership standby = standBy();
    await().atMost(Harness.LIMIT).until(standby::isLeading);

    harness.execute("insert into article values (2, 'two', 'Two', 1)");

    awaitStored("article:two", "Two");
    source.resume();
    await().atMost(Harness.LIMIT).until(() -> former.end().isDone());
    harness.execute("update article set title = 'Due' where id = 2");
    awaitStored("article:two", "Due");
  }

  /** The call lands when its intent is long closed: only what its maker records can repair it. */
  @Test
  void leader_stoppedInACallThatLandsOverANewerValue_recordsItAndTheNewOneRepairs()
      throws Exception {
    StoppableDataSource source = new StoppableDataSource(harness.pool);
    Leadership former = startOn(source);
    AtomicBoolean armed = new AtomicBoolean(true);
    CountDownLatch inCall = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    harness.kv.beforeEachCall(() -> {
      if (armed.compareAndSet(true, false)) {
        inCall.countDown();
        awaitUninterrupted(goOn);
      }
    });
    harness.execute("update article set title = 'Old' where id = 1");
    inCall.await();
    source.stop();
    Leadership standby = standBy();
    harness.execute("update article set title = 'New' where id = 1");
    await().atMost(Harness.LIMIT).until(standby::isLeading);
    awaitStored("article:one", "New");
    await().atMost(Harness.LIMIT).until(() -> harness.ledger.intents().list().isEmpty());

    goOn.countDown();
    awaitStored("article:one", "Old");
    long landed = System.nanoTime();
    source.resume();

    await().atMost(Harness.LIMIT).until(() -> former.end().isDone());
    awaitStored("article:one", "New");
    Duration repaired = Duration.ofNanos(System.nanoTime() - landed);
    await().atMost(Harness.LIMIT).until(() -> harness.ledger.suspects().list().isEmpty());
    assertThat(repaired).as("after it landed").isLessThan(Duration.ofSeconds(5));
    assertThat(harness.stored()).isEqualTo(harness.expected());
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void leader_whoseTermIsTaken_endsOnAQuietDatabaseToo() throws SQLException {
    harness.start();
    harness.awaitExact();

    harness.ledger.lease().tryTake("second", Duration.ZERO);
    harness.execute("update article set title = 'Uno' where id = 1");

    await().atMost(Harness.LIMIT).until(() -> harness.leadership().end().isDone());
    assertThat(harness.leadership().problems()).contains("another worker has taken the lease");
    assertThat(harness.stored().get("article:one")).contains("One");
  }

  @Test
  void leader_closedWhileKvIsSlow_settlesAndAcknowledgesWhatItRead() throws SQLException {
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
    harness.kv.next(2, new Fault.Fail(new KvException.Unavailable("busy", null)));
    harness.execute("update article set title = 'Uno' where id = 1");
    await()
        .atMost(Harness.LIMIT)
        .until(() -> harness.metrics.get("forebay.documents.failed").counter().count() > 0);

    harness.stop();

    assertThat(harness.stored()).isEqualTo(harness.expected());
    assertThat(harness.query(rowsToCome())).as("rows that come again").isEqualTo("0");
  }

  @Test
  void leader_closedWhileKvIsDown_leavesWhatIsNotSettledToTheNext() throws SQLException {
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
    harness.kv.next(1_000, new Fault.Fail(new KvException.Unavailable("down", null)));
    harness.execute("update article set title = 'Uno' where id = 1");
    await()
        .atMost(Harness.LIMIT)
        .until(() -> harness.metrics.get("forebay.documents.failed").counter().count() > 0);

    harness.stop();
    assertThat(harness.query(rowsToCome())).isNotEqualTo("0");
    harness.kv.heal();
    harness.start();

    harness.awaitExact();
  }

  /** The rows that the slot would deliver now. */
  private String rowsToCome() {
    return """
    select count(*) from pg_logical_slot_peek_binary_changes('%1$s', null, null,
      'proto_version', '1', 'publication_names', '%1$s')
    where substr(data, 1, 1) in ('I', 'U', 'D')\
    """
        .formatted(harness.slotName());
  }

  @Test
  void deadLetter_retried_isTriedByTheRunningLeader() throws SQLException {
    harness.start();
    harness.awaitExact();
    harness.execute("insert into tag values (0, 'nought')");
    await().atMost(Harness.LIMIT).until(() -> harness.ledger.deadLetters().count() == 1);

    harness.ledger.deadLetters().requestRetry(List.of("tag:nought"));

    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> harness.ledger.deadLetters().list(null).getFirst().attempts() == 2);
    await()
        .atMost(Harness.LIMIT)
        .until(() -> harness.ledger.deadLetters().requestedRetries().isEmpty());
  }

  @Test
  void deadLetter_retriedWithoutAWorker_isTriedByTheNext() throws SQLException {
    harness.start();
    harness.awaitExact();
    harness.execute("insert into tag values (0, 'nought')");
    await().atMost(Harness.LIMIT).until(() -> harness.ledger.deadLetters().count() == 1);
    harness.stop();
    harness.ledger.deadLetters().requestRetry(List.of("tag:nought"));

    harness.start();

    await()
        .atMost(Harness.LIMIT)
        .until(() -> harness.ledger.deadLetters().list(null).getFirst().attempts() >= 2);
    await()
        .atMost(Harness.LIMIT)
        .until(() -> harness.ledger.deadLetters().requestedRetries().isEmpty());
  }
}
