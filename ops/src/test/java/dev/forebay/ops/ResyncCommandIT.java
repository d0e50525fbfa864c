package dev.forebay.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.emulator.Fault;
import dev.forebay.ops.SyncSite.Launched;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person may ask of resyncs, with a worker that runs. */
class ResyncCommandIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private SyncSite site;
  private Launched worker;

  @BeforeEach
  void open() throws Exception {
    site = new SyncSite(directory);
    worker = site.launch("sync");
    await().atMost(LIMIT).until(() -> worker.isReady() && site.stored().size() == 20);
  }

  @AfterEach
  void end() throws Exception {
    site.endProcesses();
    site.close();
  }

  @Test
  void resync_paced_takesItsTimeAndSaysWhenItIsOver() throws Exception {
    long began = System.nanoTime();
    Launched resync = site.launch("resync", "note", "--rate", "5", "--wait");
    await()
        .atMost(LIMIT)
        .until(() -> worker.metrics().contains("forebay_resync_settled_documents{model=\"note\"}"));

    assertThat(resync.exitCode(LIMIT)).as("%s", resync.says()).isZero();
    // Five a second, the first five at once.
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(3));
    assertThat(resync.says())
        .contains("all documents of note are requested", "all documents of note are settled");
    assertThat(site.query("select rate from forebay.model")).isEqualTo("null");
  }

  @Test
  void pace_isTakenByAResyncThatIsUnderWay() throws Exception {
    site.execute("insert into note select i, 'n' || i, '0' from generate_series(21, 2000) i");
    await().atMost(LIMIT).until(() -> site.stored().size() == 2_000);
    Launched resync = site.launch("resync", "note", "--rate", "2", "--wait");
    await().atMost(LIMIT).until(() -> site.query("select rate from forebay.model").equals("2"));

    Launched pace = site.launch("models", "pace", "note", "1000000");

    assertThat(pace.exitCode(LIMIT)).as("%s", pace.says()).isZero();
    assertThat(resync.exitCode(LIMIT)).as("%s", resync.says()).isZero();
    Launched late = site.launch("models", "pace", "note", "10");
    assertThat(late.exitCode(LIMIT)).isEqualTo(1);
    assertThat(late.says()).contains("no resync of note is due");
  }

  @Test
  void twoResyncsAtOnce_areBothDone_whateverKvAnswersMeanwhile() throws Exception {
    site.execute("update note set title = '1'");
    await().atMost(LIMIT).until(() -> site.stored().equals(site.expected()));
    site.kv().faults().decide(operation -> Optional.of(Fault.serverError(503)));
    site.execute("update note set title = '2'");
    Launched one = site.launch("resync", "note", "--wait");
    Launched other = site.launch("resync", "note", "--wait");
    await()
        .atMost(LIMIT)
        .until(() -> site.query("select requested - completed from forebay.model").equals("2"));
    site.kv().faults().clear();

    assertThat(one.exitCode(LIMIT)).as("%s", one.says()).isZero();
    assertThat(other.exitCode(LIMIT)).as("%s", other.says()).isZero();
    assertThat(site.stored()).isEqualTo(site.expected());
  }

  @Test
  void nonsense_isAnsweredWithWhatIsWrong() throws Exception {
    refused("MODEL: nothing is no model of", "resync", "nothing");
    refused("--key: tag:1 is no key of the model note", "resync", "note", "--key", "tag:1");
    refused("--where: is no condition for note", "resync", "note", "--where", "title");
    refused("--rate is at least 1", "resync", "note", "--rate", "0");
    refused("--rate and --wait are for all documents", "resync", "note", "--key", "n1", "--wait");
    assertThat(site.query("select count(*) from forebay.requested_document")).isEqualTo("0");
  }

  private void refused(String why, String... command) throws Exception {
    Launched launched = site.launch(command);
    assertThat(launched.exitCode(LIMIT)).isEqualTo(2);
    assertThat(launched.says()).contains(why);
  }
}
