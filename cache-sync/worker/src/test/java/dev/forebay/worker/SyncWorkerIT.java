package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to rows happens to documents: a real PostgreSQL and a real engine. */
@NullUnmarked
class SyncWorkerIT extends WorkerFixture {

  @BeforeEach
  void prepare() throws SQLException {
    harness.execute(
        """
        insert into author values (1, 'ada', 'Ada'), (2, 'bob', 'Bob');
        insert into article values (1, 'one', 'One', 1), (2, 'two', 'Two', 1), (3, 'three', 'Three', 2);
        insert into comment values (1, 'fine', 1)\
        """);
  }

  @Test
  void rowsPresentBeforeTheFirstStart_arePublished() throws SQLException {
    harness.start();

    harness.awaitExact();
    assertThat(harness.stored()).hasSize(5);
  }

  @Test
  void insertUpdateDelete_reachTheirDocuments() throws SQLException {
    harness.start();
    harness.awaitExact();

    harness.execute("insert into article values (4, 'four', 'Four', 2)");
    harness.execute("update article set title = 'Uno' where id = 1");
    harness.execute("delete from article where id = 2");

    harness.awaitExact();
    assertThat(harness.stored()).containsKey("article:four").doesNotContainKey("article:two");
  }

  @Test
  void renamedAuthor_changesEveryArticleOfThatAuthorAndNoOther() throws SQLException {
    harness.start();
    harness.awaitExact();
    int before = harness.changes().size();

    harness.execute("update author set name = 'Ada L.' where id = 1");

    harness.awaitExact();
    assertThat(harness.changes().subList(before, harness.changes().size()))
        .containsExactlyInAnyOrder("author:ada", "article:one", "article:two");
  }

  @Test
  void changedKey_movesTheDocument() throws SQLException {
    harness.start();
    harness.awaitExact();

    harness.execute("update article set slug = 'first' where id = 1");

    harness.awaitExact();
    assertThat(harness.stored()).containsKey("article:first").doesNotContainKey("article:one");
  }

  @Test
  void twoRootsThatSwapKeys_keepBothDocuments() throws SQLException {
    harness.start();
    harness.awaitExact();

    harness.execute(
        """
        begin;
        update article set slug = 'tmp' where id = 1;
        update article set slug = 'one' where id = 2;
        update article set slug = 'two' where id = 1;
        commit\
        """);

    harness.awaitExact();
    assertThat(harness.stored().get("article:one")).contains("\"Two\"");
    assertThat(harness.stored()).doesNotContainKey("article:tmp");
  }

  @Test
  void changedPrimaryKey_isFollowed() throws SQLException {
    harness.start();
    harness.awaitExact();

    harness.execute("update author set id = 100 where id = 1");

    harness.awaitExact();
  }

  @Test
  void movedChild_leavesOneParentAndJoinsTheOther() throws SQLException {
    harness.start();
    harness.awaitExact();

    harness.execute("update article set author_id = 2 where id = 1");

    harness.awaitExact();
    assertThat(harness.stored().get("author:ada")).doesNotContain("One");
  }

  @Test
  void truncate_deletesTheDocuments() throws SQLException {
    harness.start();
    harness.awaitExact();

    harness.execute("truncate article cascade");

    harness.awaitExact();
    assertThat(harness.stored()).hasSize(2);
  }

  @Test
  void rolledBackWork_changesNothing() throws SQLException {
    harness.start();
    harness.awaitExact();
    int before = harness.changes().size();

    harness.execute("begin; update article set title = 'never'; rollback");
    harness.execute(
        """
        begin; savepoint s; update article set title = 'never' where id = 2;
        rollback to s; update article set title = 'Eins' where id = 1; commit\
        """);

    harness.awaitExact();
    assertThat(harness.changes().subList(before, harness.changes().size()))
        .containsExactlyInAnyOrder("article:one", "author:ada");
  }

  @Test
  void unchangedDocuments_areNotWrittenAgainByARestartOrAResync() throws SQLException {
    harness.start();
    harness.awaitExact();
    List<String> before = harness.changes();
    harness.stop();
    harness.ledger.models().request(List.of("article", "author"), "test");

    harness.start();
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() -> assertThat(harness.ledger.models().due()).isEmpty());

    assertThat(harness.changes()).isEqualTo(before);
  }

  @Test
  void burstOnOneDocument_costsFewWrites() throws SQLException {
    harness.start();
    harness.awaitExact();
    int before = harness.changes().size();

    for (int i = 0; i < 200; i++) {
      harness.execute("update comment set body = 'v" + i + "' where id = 1");
    }

    harness.awaitExact();
    assertThat(harness.changes().size() - before).isBetween(1, 100);
    assertThat(harness.kv.overlaps()).isEmpty();
  }

  @Test
  void modelThatNoLongerFits_holdsNobodyElseUp() throws SQLException {
    harness.start();
    harness.awaitExact();

    // Neither routing nor building of articles and authors works with this column gone. Without a
    // foreign key they do not fit either when the worker looks at the catalog again.
    harness.execute(
        "alter table article rename column author_id to writer_id;"
            + " alter table article drop constraint article_author_id_fkey");
    harness.execute("update article set title = 'Uno' where id = 1");
    harness.execute("insert into tag values (1, 'flows')");
    await().atMost(Harness.LIMIT).until(() -> harness.stored().containsKey("tag:flows"));
    assertThat(harness.stored().get("article:one")).contains("One");

    harness.execute(
        "alter table article rename column writer_id to author_id;"
            + " alter table article add foreign key (author_id) references author on update cascade");
    harness.awaitExact();
  }

  @Test
  void documentThatPostgresCannotBuild_isADeadLetterAndTheOthersFlow() throws SQLException {
    harness.start();
    harness.awaitExact();

    // One transaction, so that all of them are built by one statement.
    harness.execute("insert into tag select i, 'tag-' || i from generate_series(-20, 20) i");

    harness.awaitExact();
    assertThat(harness.stored()).hasSize(45).doesNotContainKey("tag:tag-0");
    assertThat(harness.worker().status().deadLetters()).isEqualTo(1);
    assertThat(harness.query("select reason from " + harness.slotName() + ".dead_letter"))
        .isEqualTo("PostgreSQL cannot build it: SQLSTATE 22012 in int4div");
    await()
        .atMost(Harness.LIMIT)
        .until(() -> harness.worker().status().transactionsInFlight() == 0);

    harness.execute("update tag set id = 50 where id = 0");

    harness.awaitExact();
    assertThat(harness.stored()).containsKey("tag:tag-0");
    assertThat(harness.worker().status().deadLetters()).isZero();
  }

  @Test
  void documentTooLargeForKv_isDeadAndHoldsNobodyUp() throws SQLException {
    harness.start();
    harness.awaitExact();

    harness.execute("insert into article values (5, repeat('x', 600), 'Too long a key', 2)");
    harness.execute("update article set title = 'Uno' where id = 1");

    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() -> {
          assertThat(harness.stored().get("article:one")).contains("Uno");
          assertThat(harness.worker().status().deadLetters()).isEqualTo(1);
          assertThat(harness.worker().status().dirtyDocuments()).isZero();
        });

    harness.execute("delete from article where id = 5");
    harness.awaitExact();
    assertThat(harness.worker().status().deadLetters()).isZero();
  }
}
