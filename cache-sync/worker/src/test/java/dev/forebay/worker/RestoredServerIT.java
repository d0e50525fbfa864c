package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

/** A copy of a data directory: started in the original's place, or beside it while it goes on. */
@NullUnmarked
class RestoredServerIT {

  private static final Duration NONCE = Duration.ofSeconds(1);

  @TempDir private Path directory;
  private OwnServer production;
  private OwnServer copy;
  private Harness harness;
  private Harness other;

  @BeforeEach
  void prepare() throws SQLException, IOException {
    production = OwnServer.start(directory.resolve("production"));
    harness = new Harness(production.postgres(), directory);
    harness.history =
        new HistoryConfig("documents", NONCE, Duration.ZERO, Duration.ofMillis(100), false);
    harness.execute("insert into author values (1, 'ada', 'Ada'), (2, 'bob', 'Bob')");
    harness.execute("insert into article values (1, 'one', 'One', 1), (2, 'two', 'Two', 2)");
    harness.start();
    harness.awaitExact();
    harness.awaitReading();
  }

  @AfterEach
  void end() throws IOException {
    if (other != null) {
      other.close();
    }
    harness.close();
    if (copy != null) {
      copy.close();
    }
    production.close();
  }

  /** Copies the files of production, which goes on afterwards. */
  private Path copyFiles(String name) throws Exception {
    harness.stop();
    return copyFilesUnderALeader(name);
  }

  private Path copyFilesUnderALeader(String name) throws Exception {
    int port = production.port();
    production.stop();
    Path files = production.copyTo(directory.resolve(name));
    production.restart(port);
    await()
        .atMost(Harness.LIMIT)
        .ignoreExceptions()
        .until(() -> !harness.query("select 1").isEmpty());
    return files;
  }

  private String control() {
    return harness.kv.stored().get(harness.controlKey()).value();
  }

  private void awaitAnotherNonce() {
    String before = control();
    await().atMost(Harness.LIMIT).until(() -> !control().equals(before));
  }

  /** KV holds the future: documents that the restored database has never had, and later states. */
  @Test
  void restoredInPlace_halts_andEndsWhatIsOfTheFutureOnceAdopted() throws Exception {
    Path backup = copyFiles("backup");
    harness.start();
    harness.execute("update article set title = 'Later' where id = 1");
    harness.execute("insert into article values (3, 'future', 'Future', 1)");
    harness.awaitExact();
    awaitAnotherNonce();
    harness.stop();
    Map<String, String> future = harness.stored();
    int port = production.port();
    production.stop();
    copy = OwnServer.start(backup, port);
    await()
        .atMost(Harness.LIMIT)
        .ignoreExceptions()
        .until(() -> !harness.query("select 1").isEmpty());
    int before = harness.kv.log().size();

    String halted = harness.startHalted();
    harness.execute("update author set name = 'Ada L.' where id = 1");

    assertThat(halted).contains("gone on without this database");
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Harness.LIMIT)
        .until(() -> harness.kv.log().size() == before && harness.stored().equals(future));

    harness.adopt();
    await().atMost(Harness.LIMIT).until(() -> harness.leadership().isLeading());
    harness.awaitExact();
    assertThat(harness.changes().subList(harness.changes().size() - 3, harness.changes().size()))
        .as("what differs, and nothing else")
        .containsExactlyInAnyOrder("article:one", "article:future", "author:ada");
    harness.execute("update article set title = 'Uno' where id = 1");
    harness.awaitExact();
  }

  /** Its lease is in the copy too: the process never notices but by the nonce that it finds. */
  @Test
  void restoredInPlace_underARunningLeader_halts() throws Exception {
    Path backup = copyFilesUnderALeader("backup");
    harness.awaitReading();
    harness.execute("insert into article values (3, 'future', 'Future', 1)");
    harness.awaitExact();
    awaitAnotherNonce();
    Map<String, String> future = harness.stored();
    int port = production.port();
    production.crash();
    copy = OwnServer.start(backup, port);

    await().atMost(Harness.LIMIT).until(() -> harness.leadership().halted().isPresent());

    assertThat(harness.stored()).isEqualTo(future);
    assertThat(harness.leadership().end()).isNotDone();
    harness.adopt();
    await().atMost(Harness.LIMIT).until(() -> harness.leadership().isLeading());
    harness.awaitExact();
  }

  @Test
  void cloneBesideProduction_takenBeforeTheNonceChanged_writesNothing() throws Exception {
    Path files = copyFiles("staging");
    harness.start();
    harness.awaitReading();
    awaitAnotherNonce();

    startStaging(files);
    String halted = other.startHalted();

    assertThat(halted).contains("a copy of one that goes on elsewhere");
    assertProductionIsUndisturbed();
  }

  /** All is in step but where the files are: only that production goes on tells them apart. */
  @Test
  void cloneBesideProduction_takenThisMoment_isFoundByThePlaceOfItsFiles() throws Exception {
    Path files = copyFiles("staging");
    startStaging(files);
    Leadership staging = other.open(other.pool);
    staging.start();
    await().atMost(Harness.LIMIT).until(() -> staging.problems().toString().contains("copied"));
    harness.start();
    harness.awaitReading();

    await().atMost(Harness.LIMIT).until(() -> staging.halted().isPresent());
    assertProductionIsUndisturbed();
    assertThat(staging.isLeading()).isFalse();
    staging.close();
  }

  private void startStaging(Path files) throws Exception {
    copy = OwnServer.start(files);
    other = harness.on(copy.postgres());
    other.execute("update article set title = 'Staging' where id = 1");
    other.execute("update author set name = 'Staging' where id = 2");
  }

  private void assertProductionIsUndisturbed() throws SQLException {
    harness.execute("update article set title = 'Production' where id = 2");
    harness.awaitExact();
    awaitAnotherNonce();
    awaitAnotherNonce();
    assertThat(harness.leadership().problems()).isEmpty();
    assertThat(harness.leadership().isLeading()).isTrue();
    assertThat(harness.applied())
        .as("everything KV was ever told")
        .noneMatch(applied -> applied.pair() != null && applied.pair().value().contains("Staging"));
    assertThat(other.metrics.find("forebay.documents.written").counter()).isNull();
    List<String> nonces =
        harness.kv.log().stream()
            .filter(applied -> applied.key().equals(harness.controlKey()))
            .map(applied -> String.valueOf(applied.pair()))
            .distinct()
            .toList();
    assertThat(harness.kv.log())
        .as("each nonce is written once: nobody else writes the control key")
        .filteredOn(applied -> applied.key().equals(harness.controlKey()))
        .hasSize(nonces.size());
  }

  @Test
  void directoryThatWasMoved_goesOnByItselfAfterAWhile() throws Exception {
    Path files = copyFiles("moved");
    int port = production.port();
    production.stop();
    copy = OwnServer.start(files, port);
    await()
        .atMost(Harness.LIMIT)
        .ignoreExceptions()
        .until(() -> !harness.query("select 1").isEmpty());
    String history = harness.ledger.history().id();

    harness.start();

    harness.execute("update article set title = 'Uno' where id = 1");
    harness.awaitExact();
    assertThat(harness.ledger.history().id()).isEqualTo(history);
  }
}
