package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.ledger.ModelRegister.Entry;
import dev.forebay.worker.resync.ResyncStatus;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every document of a model, settled page by page. */
@NullUnmarked
class ResyncIT extends WorkerFixture {

  private static final int NOTES = 5_000;
  private static final int PAGE = 1_000;
  private static final String MODEL = "note: { from: note, key: '{id}', fields: [body] }";

  @BeforeEach
  void prepare() throws SQLException, IOException {
    harness.execute(
        """
        create table note (id uuid primary key, body text not null);
        insert into note select gen_random_uuid(), 'v1' from generate_series(1, %d);
        analyze note;
        """
            .formatted(NOTES));
    harness.declare(MODEL);
  }

  private void awaitDone() {
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() -> {
          assertThat(notes()).isEqualTo(NOTES);
          assertThat(harness.worker().status().resyncsDue()).isEmpty();
        });
  }

  private long notes() {
    return harness.stored().keySet().stream().filter(key -> key.startsWith("note:")).count();
  }

  private double unchanged() {
    return harness.metrics.get("forebay.documents.unchanged").counter().count();
  }

  private String progress(String column) throws SQLException {
    return harness.query(
        "select "
            + column
            + " from "
            + harness.slotName()
            + ".resync_progress where model = 'note'");
  }

  @Test
  void backfill_buildsEachDocumentOnce() throws SQLException {
    harness.start();
    awaitDone();

    assertThat(unchanged()).isZero();
  }

  @Test
  void backfill_goesOnWhereAStoppedWorkerWas() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    harness.kv.beforeEachCall(() -> {
      if (harness.kv.log().size() > NOTES * 3 / 5) {
        hang(go);
      }
    });
    harness.start();
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() -> {
          ResyncStatus status = harness.worker().status().resyncsDue().get("note");
          assertThat(status.total()).isEqualTo(NOTES);
          assertThat(status.settled()).isGreaterThanOrEqualTo(PAGE);
          assertThat(progress("settled")).isEqualTo(Long.toString(status.settled()));
        });
    go.countDown();
    harness.stop();
    final long settled = Long.parseLong(progress("settled"));
    final long written = notes();

    harness.start();
    awaitDone();

    assertThat(unchanged())
        .as("what was settled is not even built again")
        .isLessThanOrEqualTo((double) (written - settled));
    assertThat(progress("count(*)")).isEqualTo("0");
  }

  @Test
  void backfill_letsLiveChangesPass() throws Exception {
    // Fewer than fill the room that the tests leave for dirty documents.
    harness.execute("delete from note where id not in (select id from note limit 500)");
    CountDownLatch go = new CountDownLatch(1);
    harness.kv.beforeEachCall(() -> {
      String thread = Thread.currentThread().getName();
      if (thread.contains("settle-") && !thread.endsWith("settle-1")) {
        hang(go);
      }
    });
    harness.start();
    await().atMost(Harness.LIMIT).until(() -> harness.worker().status().dirtyDocuments() > 0);
    harness.execute("insert into tag values (1, 'new')");

    await().atMost(Harness.LIMIT).until(() -> harness.stored().containsKey("tag:new"));
    assertThat(harness.worker().status().resyncsDue()).containsKey("note");
    go.countDown();
    await().atMost(Harness.LIMIT).until(() -> notes() == 500);
  }

  @Test
  void resync_deletesWhatNobodyOwnsThoughNoEventSaidSo() throws Exception {
    harness.start();
    awaitDone();
    harness.stop();
    harness.execute(
        "select pg_drop_replication_slot('"
            + harness.slotName()
            + "'); delete from note where id in (select id from note order by id limit 10)");

    harness.start();

    await().atMost(Harness.LIMIT).until(() -> notes() == NOTES - 10);
  }

  @Test
  void modelsTakeTurns() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    harness.kv.beforeEachCall(() -> {
      if (harness.kv.log().size() > PAGE * 2) {
        hang(go);
      }
    });
    harness.execute("insert into tag select i, 'tag-' || i from generate_series(1, 10) i");
    harness.start();

    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() ->
            assertThat(harness.worker().status().resyncsDue())
                .containsKey("note")
                .doesNotContainKeys("tag", "author", "article"));
    go.countDown();
    awaitDone();
  }

  @Test
  void removedModel_isSweptAfterTheGraceTime() throws Exception {
    harness.execute("insert into tag values (1, 'stays')");
    harness.start();
    awaitDone();
    harness.stop();
    harness.undeclare(MODEL);

    harness.start();
    await().during(Duration.ofMillis(500)).atMost(Harness.LIMIT).until(() -> notes() == NOTES);
    await().atMost(Harness.LIMIT).until(() -> notes() == 0);

    assertThat(harness.stored()).containsKey("tag:stays");
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() ->
            assertThat(harness.ledger.models().list())
                .extracting(Entry::name)
                .containsExactly("article", "author", "tag"));
  }

  @Test
  void removedModel_thatIsDeclaredAgain_keepsItsDocuments() throws Exception {
    harness.start();
    awaitDone();
    harness.stop();
    harness.undeclare(MODEL);
    harness.start();
    harness.stop();
    harness.declare(MODEL);

    harness.start();
    awaitDone();

    assertThat(harness.changes()).as("nothing was written twice").doesNotHaveDuplicates();
  }

  private static void hang(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
