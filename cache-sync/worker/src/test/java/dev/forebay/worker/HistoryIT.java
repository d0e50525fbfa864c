package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.KvException;
import dev.forebay.kv.KvPair;
import dev.forebay.kv.testing.InMemoryKvClient.Applied;
import dev.forebay.kv.testing.InMemoryKvClient.Fault;
import dev.forebay.worker.history.ControlKey;
import dev.forebay.worker.history.HistoryConfig;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** KV does not belong to the database, or not any more: nothing is written until it is adopted. */
@NullUnmarked
class HistoryIT extends WorkerFixture {

  private static final Duration STAYS_HALTED = Duration.ofMillis(1_500);

  @BeforeEach
  void fill() throws SQLException {
    harness.execute("insert into author values (1, 'ada', 'Ada'), (2, 'bob', 'Bob')");
    harness.execute("insert into article values (1, 'one', 'One', 1), (2, 'two', 'Two', 2)");
  }

  private void publish() throws SQLException {
    harness.start();
    harness.awaitExact();
    await().atMost(Harness.LIMIT).until(() -> harness.ledger.models().due().isEmpty());
  }

  private void rotateEvery(Duration time) {
    harness.history =
        new HistoryConfig("documents", time, Duration.ZERO, Duration.ofMillis(100), false);
  }

  private void delete(List<String> kvKeys) {
    harness.kv.bulkDelete(kvKeys);
  }

  private void wipe() {
    delete(List.copyOf(harness.kv.stored().keySet()));
  }

  /** Whatever the database does, nothing changes in KV. */
  private void assertWritesNothing() throws SQLException {
    int applied = harness.kv.log().size();
    String slot = slotPosition();
    String ledger = ledgerDocuments();
    harness.execute("update author set name = name || '.' where id = 1");
    await()
        .during(STAYS_HALTED)
        .atMost(Harness.LIMIT)
        .until(() -> harness.kv.log().size() == applied);
    assertThat(harness.leadership().isLeading()).isFalse();
    assertThat(harness.leadership().worker()).isEmpty();
    assertThat(ledgerDocuments()).isEqualTo(ledger);
    assertThat(slotPosition()).isEqualTo(slot);
    assertThat(harness.metrics.get("forebay.halted").gauge().value()).isEqualTo(1);
    assertThat(harness.leadership().problems().toString()).contains("halted").contains("adopt");
  }

  private String ledgerDocuments() throws SQLException {
    return harness.query(
        "select string_agg(d::text, ' ' order by kv_key) from "
            + harness.slotName()
            + ".document d");
  }

  private String slotPosition() throws SQLException {
    return harness.query(
        "select string_agg(confirmed_flush_lsn::text, ' ') from pg_replication_slots"
            + " where slot_name = '"
            + harness.slotName()
            + "'");
  }

  /** Adopts, and returns which documents that has changed in KV. */
  private List<String> adoptAndSettle() throws SQLException {
    String history = harness.ledger.history().id();
    int before = harness.applied().size();
    harness.adopt();
    await().atMost(Harness.LIMIT).until(() -> harness.leadership().isLeading());
    harness.awaitExact();
    await().atMost(Harness.LIMIT).until(() -> harness.ledger.models().due().isEmpty());
    assertThat(harness.ledger.history().id()).isNotEqualTo(history);
    assertThat(harness.leadership().halted()).isEmpty();
    List<Applied> applied = harness.applied();
    return applied.subList(before, applied.size()).stream()
        .map(one -> one.key().substring(one.key().indexOf('.') + 1))
        .sorted()
        .toList();
  }

  @Test
  void namespaceThatWasWiped_halts_andIsWrittenAgainOnceAdopted() throws SQLException {
    publish();
    harness.stop();
    wipe();

    assertThat(harness.startHalted()).contains("emptied");
    assertWritesNothing();

    assertThat(adoptAndSettle()).containsExactlyElementsOf(harness.expected().keySet());
  }

  @Test
  void namespaceWipedUnderARunningLeader_isFoundWhenTheNonceChanges() throws SQLException {
    rotateEvery(Duration.ofSeconds(1));
    publish();
    wipe();

    await().atMost(Harness.LIMIT).until(() -> harness.leadership().halted().isPresent());
    assertWritesNothing();
    assertThat(harness.stored()).isEmpty();

    adoptAndSettle();
  }

  @Test
  void namespaceThatIsAnother_halts_andIsFilledOnceAdopted() throws SQLException {
    publish();
    harness.stop();
    Map<String, String> documents = harness.stored();
    wipe();
    harness.history =
        new HistoryConfig(
            "another", Duration.ofMinutes(5), Duration.ZERO, Duration.ofMillis(100), false);

    assertThat(harness.startHalted()).contains("documents").contains("another");
    assertWritesNothing();

    assertThat(adoptAndSettle()).containsExactlyElementsOf(documents.keySet());
    assertThat(harness.ledger.history().state().namespace()).isEqualTo("another");
  }

  @Test
  void namespaceOfAnotherForebay_halts_andItsControlKeyStays() throws SQLException {
    publish();
    harness.stop();
    String foreign =
        harness.kv.stored().get(harness.controlKey()).value().replaceFirst("nonce\":\"", "$0x");
    harness.kv.put(KvPair.of(harness.controlKey(), foreign));

    assertThat(harness.startHalted()).contains("gone on without this database");
    assertWritesNothing();
    assertThat(harness.kv.stored().get(harness.controlKey()).value()).isEqualTo(foreign);
  }

  /** All that an earlier life published is in KV; what is right of it is not written again. */
  @Test
  void ledgerThatWasDropped_halts_andKnowsWhatKvHoldsOnceAdopted() throws SQLException {
    publish();
    harness.stop();
    harness.dropLedger();
    harness.execute("update article set title = 'Uno' where id = 1");
    harness.execute("delete from article where id = 2");
    harness.putDirectly("article:ghost", "{}");
    harness.putDirectly("session:7", "somebody else's");

    assertThat(harness.startHalted()).contains("belongs to another history");
    assertWritesNothing();
    delete(List.of());

    harness.execute("update author set name = 'Ada' where id = 1");
    harness.adopt();
    await().atMost(Harness.LIMIT).until(() -> harness.leadership().isLeading());
    Map<String, String> expected = harness.expected();
    expected.put("session:7", "somebody else's");
    await().atMost(Harness.LIMIT).until(() -> harness.stored().equals(expected));
    await().atMost(Harness.LIMIT).until(() -> harness.ledger.models().due().isEmpty());
    assertThat(harness.metrics.get("forebay.documents.written").counter().count())
        .as("article one, and both authors' lists")
        .isEqualTo(3);
    assertThat(harness.ledger.models().list()).noneMatch(model -> model.name().equals("session"));
  }

  @Test
  void instanceThatIsAnother_halts_unlessTheFormerOneIsLed() throws Exception {
    publish();
    Harness renamed = harness.as("renamed");
    renamed.start();
    renamed.stop();
    renamed.dropLedger();
    renamed.kv.bulkDelete(
        renamed.kv.stored().keySet().stream().filter(key -> key.startsWith("renamed.")).toList());
    harness.stop();
    int before = harness.kv.log().size();

    assertThat(renamed.startHalted()).contains(harness.slotName()).contains("nobody leads it");

    assertThat(harness.kv.log()).hasSize(before);
    renamed.adopt();
    await().atMost(Harness.LIMIT).until(() -> renamed.leadership().isLeading());
    await()
        .atMost(Harness.LIMIT)
        .until(() -> renamed.kv.stored().containsKey("renamed.article:one"));
    renamed.close();
  }

  @Test
  void ledgerOfAnOlderForebay_goesOnByItself() throws SQLException {
    publish();
    harness.stop();
    delete(List.of(harness.controlKey()));
    harness.execute(
        "update "
            + harness.slotName()
            + ".history set nonce = null, next_nonce = null, earlier_nonces = '{}',"
            + " system_identifier = null, timeline = null, place = null, rotated_at = null");
    int before = harness.applied().size();

    publish();

    assertThat(harness.applied()).hasSize(before);
    assertThat(harness.kv.stored()).containsKey(harness.controlKey());
  }

  @Test
  void kvWithDocumentsOfTheModels_underALedgerThatKnowsNone_halts() throws SQLException {
    harness.putDirectly("article:ghost", "{}");

    assertThat(harness.startHalted()).contains("article:ghost");

    adoptAndSettle();
    assertThat(harness.stored()).doesNotContainKey("article:ghost");
  }

  @Test
  void otherSystemIdentifier_halts_asOfADumpThatWasRestoredElsewhere() throws SQLException {
    publish();
    harness.stop();
    harness.execute("update " + harness.slotName() + ".history set system_identifier = '1'");

    assertThat(harness.startHalted()).contains("another server");
    assertWritesNothing();

    assertThat(adoptAndSettle()).as("what has changed meanwhile").hasSize(2);
  }

  /** Another server behind the same address: between two looks nothing is written either. */
  @Test
  void serverThatBecomesAnother_underARunningLeader_takesNoWrite() throws SQLException {
    publish();
    int before = harness.kv.log().size();
    harness.execute(
        "begin; update "
            + harness.slotName()
            + ".history set timeline = 7; update author set name = 'Eve' where id = 1; commit");

    await().atMost(Harness.LIMIT).until(() -> harness.leadership().halted().isPresent());
    assertWritesNothing();
    assertThat(harness.kv.log()).hasSize(before);

    assertThat(adoptAndSettle()).containsExactly("article:one", "author:ada");
  }

  /** The call is in the book of the former server only, and its answer in nobody's. */
  @Test
  void callInFlight_whenTheServerBecomesAnother_isASuspectOfTheNewHistory() throws Exception {
    publish();
    CountDownLatch inCall = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    harness.kv.beforeEachCall(() -> {
      inCall.countDown();
      awaitUninterrupted(goOn);
    });
    harness.execute("update article set title = 'Uno' where id = 1");
    inCall.await();
    harness.execute("update " + harness.slotName() + ".history set timeline = 7");
    harness.execute("delete from " + harness.slotName() + ".call");
    goOn.countDown();
    harness.kv.beforeEachCall(() -> {});

    await().atMost(Harness.LIMIT).until(() -> harness.leadership().halted().isPresent());

    assertThat(harness.ledger.suspects().list())
        .extracting(suspect -> suspect.key().kvKey())
        .contains("article:one");
    adoptAndSettle();
    await().atMost(Harness.LIMIT).until(() -> harness.ledger.suspects().list().isEmpty());
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void kvAway_atTheStart_makesNoWorkerBeforeKvHasSaidWhoseItIs() throws SQLException {
    harness.kv.next(1_000_000, new Fault.Fail(new KvException.Unavailable("away", null)));
    Leadership starting = harness.open(harness.pool);
    starting.start();
    await()
        .atMost(Harness.LIMIT)
        .until(() -> starting.problems().toString().contains("cannot be compared: away"));
    assertThat(starting.worker()).isEmpty();

    harness.kv.heal();

    await().atMost(Harness.LIMIT).until(starting::isLeading);
    Map<String, String> expected = harness.expected();
    await().atMost(Harness.LIMIT).until(() -> harness.stored().equals(expected));
    starting.close();
  }

  @Test
  void nonce_changesWhileALeaderRuns_andASecondLeaderGoesOn() throws SQLException {
    rotateEvery(Duration.ofMillis(300));
    publish();
    String first = harness.kv.stored().get(harness.controlKey()).value();
    await()
        .atMost(Harness.LIMIT)
        .until(() -> !harness.kv.stored().get(harness.controlKey()).value().equals(first));
    harness.stop();

    publish();

    assertThat(harness.leadership().halted()).isEmpty();
    assertThat(harness.ledger.history().state().earlier()).isNotEmpty();
  }

  @Test
  void kvAway_whenTheNonceIsToChange_isNoReasonToHalt() throws SQLException {
    rotateEvery(Duration.ofMillis(300));
    publish();
    harness.kv.next(40, new Fault.Fail(new KvException.Unavailable("away", null)));
    String nonce = harness.ledger.history().state().nonce();

    await()
        .atMost(Harness.LIMIT)
        .until(() -> !nonce.equals(harness.ledger.history().state().nonce()));
    harness.kv.heal();

    assertThat(harness.leadership().halted()).isEmpty();
    harness.execute("update author set name = 'Eve' where id = 1");
    harness.awaitExact();
  }

  @Test
  void consent_toWhatIsSoNoLonger_isVoid() throws SQLException {
    publish();
    harness.stop();
    wipe();
    harness.startHalted();
    var proposal = harness.proposal();
    harness.kv.put(
        KvPair.of(
            harness.controlKey(),
            """
            {"history": "other", "nonce": "x", "systemIdentifier": "1", "written": "then"}\
            """));

    proposal.agree(harness.ledger.history());

    assertWritesNothing();
  }

  /** A process may die between any two steps of an adoption; the next one ends it. */
  @Test
  void adoption_interruptedAtEachCall_isEndedByTheNextLeader() throws SQLException {
    publish();
    harness.stop();
    List<String> texts = new ArrayList<>(harness.stored().values());
    for (int calls = 0; calls < 4; calls++) {
      harness.dropLedger();
      harness.startHalted();
      harness.adopt();
      int before = harness.applied().size();
      int failing = calls;
      int[] made = {0};
      harness.kv.beforeEachCall(() -> {
        if (made[0]++ >= failing) {
          throw new KvException.Unavailable("killed", null);
        }
      });
      await().atMost(Harness.LIMIT).until(() -> made[0] > failing + 1);
      harness.stop();
      harness.kv.beforeEachCall(() -> {});

      publish();

      assertThat(harness.stored().values()).containsExactlyInAnyOrderElementsOf(texts);
      assertThat(harness.applied()).as("equal documents cost no write").hasSize(before);
      assertThat(harness.ledger.history().state().adopting()).isNull();
      harness.stop();
    }
  }

  @Test
  void adopt_whereNothingIsWrong_isNotNeeded() throws SQLException {
    publish();

    assertThat(harness.proposal().isNeeded()).isFalse();
    assertThat(ControlKey.isNamed(harness.controlKey())).isTrue();
  }
}
