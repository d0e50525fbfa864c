package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One changed row that touches more documents than can be marked at once. */
@NullUnmarked
class FanOutIT extends WorkerFixture {

  private static final int BOOKS = 2_000;

  @BeforeEach
  void prepare() throws SQLException, IOException {
    harness.execute(
        """
        create table shelf (id int primary key, name text not null);
        create table book (id int primary key, shelf_id int not null references shelf);
        create index on book (shelf_id);
        create unique index book_identity on book (id, shelf_id);
        alter table book replica identity using index book_identity;
        insert into shelf values (1, 'old'), (2, 'other');
        insert into book select i, 1 from generate_series(1, %1$d) i;
        insert into book values (%1$d + 1, 2);
        analyze book;
        """
            .formatted(BOOKS));
    harness.declare(
        """
        book:
          from: book
          key: "{id}"
          fields: [id]
          include: { shelf: { from: shelf, fields: [name] } }
        """);
    harness.start();
    awaitShelves("old", BOOKS);
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() -> assertThat(harness.worker().status().resyncsDue()).isEmpty());
    harness.awaitReading();
  }

  private long onShelf(String name) {
    return harness.stored().values().stream()
        .filter(document -> document.contains("\"name\": \"" + name + "\""))
        .count();
  }

  private void awaitShelves(String name, int books) {
    await().atMost(Harness.LIMIT).untilAsserted(() -> assertThat(onShelf(name)).isEqualTo(books));
  }

  private void awaitNothingRequested() {
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() -> assertThat(harness.ledger.requested().count()).isZero());
  }

  @Test
  void wideChange_isAcknowledgedAtOnceAndLetsOthersPass() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    harness.kv.beforeEachCall(() -> {
      if (calls.incrementAndGet() == 1) {
        hang(go); // the first batch of the wide change hangs in KV
      }
    });

    harness.execute("update shelf set name = 'new' where id = 1");
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() -> assertThat(harness.ledger.requested().count()).isPositive());
    await()
        .atMost(Harness.LIMIT)
        .until(() -> harness.worker().status().transactionsInFlight() == 0);
    harness.execute("update shelf set name = 'overtakes' where id = 2");
    awaitShelves("overtakes", 1);
    assertThat(onShelf("old")).as("the wide change is not done").isPositive();
    go.countDown();

    awaitShelves("new", BOOKS);
    awaitNothingRequested();
    assertThat(harness.kv.overlaps()).isEmpty();
  }

  @Test
  void wideChange_goesOnWhereAStoppedWorkerWas() throws Exception {
    int before = harness.changes().size();
    CountDownLatch go = new CountDownLatch(1);
    harness.kv.beforeEachCall(() -> {
      if (harness.kv.log().size() > before + BOOKS * 3 / 4) {
        hang(go);
      }
    });
    harness.execute("update shelf set name = 'new' where id = 1");
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() ->
            assertThat(harness.ledger.requested().count())
                .as("a page that is settled is forgotten, the last one is not")
                .isEqualTo(BOOKS / 2));
    go.countDown();
    harness.stop();
    int written = harness.changes().size() - before;

    harness.start();
    awaitShelves("new", BOOKS);
    awaitNothingRequested();

    assertThat(harness.changes().size() - before - written)
        .as("what was written is not written again")
        .isLessThanOrEqualTo(BOOKS - written + 1_000);
  }

  @Test
  void fanOutOfAnotherDeclaration_becomesAResyncAndLetsTheNextOnePass() throws Exception {
    String before = resyncs();
    TableName shelf = new TableName("public", "shelf");
    harness.ledger.fanOuts().add(List.of(new RowChange(shelf, null, Map.of("colour", "red"))));
    harness.execute("update shelf set name = 'new' where id = 1");

    awaitShelves("new", BOOKS);
    awaitNothingRequested();
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() -> {
          assertThat(harness.ledger.fanOuts().count()).isZero();
          assertThat(harness.ledger.models().due()).isEmpty();
        });
    assertThat(resyncs()).as("a resync was asked for").isNotEqualTo(before);
  }

  @Test
  void documentThatIsRequestedAgainMeanwhile_isBuiltAgain() throws Exception {
    for (int i = 0; i < 5; i++) {
      harness.execute("update shelf set name = 'v" + i + "' where id = 1");
    }

    awaitShelves("v4", BOOKS);
    awaitNothingRequested();
  }

  /** How often every document of the model was asked for. */
  private String resyncs() throws SQLException {
    return harness.query(
        "select requested from " + harness.slotName() + ".model where name = 'book'");
  }

  private static void hang(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
