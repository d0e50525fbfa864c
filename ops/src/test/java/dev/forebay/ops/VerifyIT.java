package dev.forebay.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.ApiToken;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.KvConfig;
import dev.forebay.kv.KvPair;
import dev.forebay.kv.emulator.Fault;
import dev.forebay.kv.emulator.Operation;
import dev.forebay.ops.SyncSite.Launched;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Documents as a set, as an operator sees and mends them: verify, resync, models. */
@NullUnmarked
@Timeout(300)
class VerifyIT {

  /** Of a command that lives for a second, little is worth compiling well. */
  private static final List<String> QUICK_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private SyncSite site;
  private CloudflareKvClient otherHands;

  @BeforeEach
  void prepare(@TempDir Path directory) throws Exception {
    site = new SyncSite(directory);
    otherHands =
        new CloudflareKvClient(
            KvConfig.of(
                URI.create(site.kv().apiUrl() + "/accounts/emulator/storage/kv/namespaces"),
                "documents",
                ApiToken.of("good")));
  }

  @AfterEach
  void close() throws Exception {
    otherHands.close();
    site.endProcesses();
    site.close();
  }

  private String run(int exitCode, String... arguments) throws Exception {
    Launched command = site.launch(QUICK_START, arguments);
    assertThat(command.exitCode(PATIENCE)).as(command.says()).isEqualTo(exitCode);
    return command.says();
  }

  private Launched keep() throws Exception {
    Launched worker = site.launch("sync");
    awaitExact();
    await().atMost(PATIENCE).until(worker::isReady);
    return worker;
  }

  private void awaitExact() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(site.stored()).isEqualTo(site.expected()));
  }

  @Test
  void verify_namesEachWayInWhichKvIsWrong_andRepairMendsIt() throws Exception {
    Launched worker = keep();
    assertThat(run(ExitCode.OK, "verify"))
        .contains("verifying 20 documents: about 1 requests to KV")
        .contains("20 keys listed in KV, 20 documents compared, 0 changed meanwhile")
        .contains("KV is what PostgreSQL says");
    worker.process().destroy();
    worker.exitCode(PATIENCE);

    otherHands.delete("note:n1");
    otherHands.put(new KvPair("note:ghost", "{}", null, null));
    otherHands.put(new KvPair("note:n2", "{\"title\": \"not ours\"}", null, null));
    otherHands.put(new KvPair("another:key", "nothing of ours", null, null));
    site.execute("update note set title = 'changed' where id = 3", "delete from note where id = 4");
    assertThat(run(ExitCode.DRIFT, "verify"))
        .contains("KV IS WRONG: 1 missing, 2 extra, 1 stale, 1 different")
        .containsPattern("missing +note:n1\\R")
        .containsPattern("extra +note:ghost\\R")
        .containsPattern("extra +note:n4\\R")
        .containsPattern("stale +note:n3\\R")
        .containsPattern("different +note:n2\\R");
    assertThat(run(ExitCode.DRIFT, "verify", "--key", "note:n1", "--key", "note:n5", "--json"))
        .contains("\"missing\" : 1", "\"compared\" : 2", "\"key\" : \"note:n1\"");

    run(ExitCode.DRIFT, "verify", "--repair");
    site.launch("sync");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(site.stored()).containsEntry("another:key", "nothing of ours");
          assertThat(site.stored()).containsAllEntriesOf(site.expected()).hasSize(20);
        });
    assertThat(run(ExitCode.OK, "verify", "--deep")).contains("KV is what PostgreSQL says");
    assertThat(site.query("select count(*) from forebay.suspect")).isEqualTo("0");
  }

  @Test
  void verify_whileDocumentsChange_findsNothing() throws Exception {
    keep();
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (int i = 0; !stop.get(); i++) {
                  site.execute("update note set title = '" + i + "' where id % 3 = " + i % 3);
                }
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    try {
      assertThat(run(ExitCode.OK, "verify", "--deep")).contains("KV is what PostgreSQL says");
    } finally {
      stop.set(true);
      writer.join();
    }
  }

  @Test
  void verify_whileASlowBackfillRuns_judgesWhatItHasReached() throws Exception {
    site.execute("insert into note select i, 'n' || i, '0' from generate_series(21, 300) i");
    site.set("FOREBAY_RESYNC_RATE", "1");
    Launched worker = site.launch("sync");
    await().atMost(PATIENCE).until(() -> site.stored().size() > 3);

    assertThat(run(ExitCode.FAILED, "verify", "--admin", worker.adminUrl()))
        .containsPattern(
            "note: a (backfill|resync) is under way \\(.*\\), \\d+ of 300;"
                + " what it has not reached is not judged")
        .containsPattern("\\d+ not judged, the worker is about to write them: \\d+ ahead of a")
        .contains("NOT ALL VERIFIED: what was judged is what PostgreSQL says");

    String reached = site.stored().keySet().iterator().next();
    otherHands.put(new KvPair(reached, "{}", null, null));
    otherHands.put(new KvPair("note:ghost", "{}", null, null));
    assertThat(run(ExitCode.DRIFT, "verify", "--admin", worker.adminUrl()))
        .contains("KV IS WRONG: 0 missing, 1 extra, 0 stale, 1 different")
        .containsPattern("extra +note:ghost\\R")
        .containsPattern("different +" + reached + "\\R");
    assertThat(run(ExitCode.DRIFT, "verify", "--json"))
        .as("the ledger alone knows of a backfill")
        .contains("\"missing\" : 0", "\"extra\" : 1", "\"model\" : \"note\"", "\"total\" : 300");
  }

  @Test
  void verify_behindAWorkerThatCannotWrite_judgesTheRest() throws Exception {
    site.set("FOREBAY_KV_TIMEOUT", "1");
    Launched worker = keep();
    site.kv()
        .faults()
        .decide(operation ->
            operation == Operation.BULK_WRITE
                ? Optional.of(Fault.serverError(500))
                : Optional.empty());
    site.execute("update note set title = 'changed' where id <= 3");
    otherHands.delete("note:n9");

    assertThat(run(ExitCode.DRIFT, "verify", "--admin", worker.adminUrl()))
        .contains("KV IS WRONG: 1 missing, 0 extra, 0 stale, 0 different")
        .contains("3 not judged, the worker is about to write them: 0 ahead of a resync, 3 dirty")
        .containsPattern("forebay: the worker is \\d+ s behind; what it has not come to is not");
  }

  @Test
  void sync_verifiesByItself_mendsWhatItFinds_andSaysSo() throws Exception {
    site.set("FOREBAY_VERIFY_HOURS", "0.001");
    Launched worker = keep();
    otherHands.delete("note:n1");
    otherHands.put(new KvPair("note:n2", "{}", null, null));
    otherHands.put(new KvPair("note:ghost", "{}", null, null));
    awaitExact();

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(worker.metric("forebay_verify_documents_total")).isNotEmpty();
          assertThat(worker.metric("forebay_verify_round_seconds")).doesNotContain("NaN");
          assertThat(worker.metric("forebay_drift_documents{kind=\"missing\",model=\"note\"}"))
              .endsWith(" 0.0");
          assertThat(worker.metric("forebay_verify_round_end_seconds")).contains("E9");
        });
    assertThat(run(ExitCode.OK, "status", "--admin", worker.adminUrl()))
        .containsPattern(
            "verified +20 documents in \\d+ s until \\S+: (KV was right|\\d WRONG, \\d written)");
    assertThat(worker.says())
        .contains("Documents were wrong in KV; writing them again", "note:ghost");
  }

  @Test
  void resync_ofAModelAKeyOrACondition_isDoneByTheWorker() throws Exception {
    keep();
    otherHands.put(new KvPair("note:n5", "{}", null, null));
    String before = site.query("select requested from forebay.model");

    assertThat(run(ExitCode.OK, "resync", "note")).contains("all documents of note are requested");
    assertThat(site.query("select requested from forebay.model")).isNotEqualTo(before);
    assertThat(run(ExitCode.OK, "resync", "note", "--where", "title = '0' and id < 10"))
        .contains("documents requested: 9");
    assertThat(run(ExitCode.OK, "resync", "note", "--key", "note:n5"))
        .contains("documents requested: 1");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> {
          assertThat(site.query("select count(*) from forebay.requested_document")).isEqualTo("0");
          assertThat(site.query("select count(*) from forebay.model where requested > completed"))
              .isEqualTo("0");
        });
    assertThat(site.stored()).as("only verify sees other hands").containsEntry("note:n5", "{}");
  }

  @Test
  void badInput_saysWhatIsWrongAndDoesNothing() throws Exception {
    keep();

    assertThat(run(ExitCode.INVALID, "resync", "nothing"))
        .contains("forebay: MODEL: nothing is no model", "There are note.");
    assertThat(run(ExitCode.INVALID, "resync", "note", "--key", "tag:a"))
        .contains("forebay: --key: tag:a is no key of the model note", "note:SOME-slug");
    assertThat(run(ExitCode.INVALID, "resync", "note", "--where", "id + 1"))
        .contains("--where: is no condition for note", "boolean");
    assertThat(run(ExitCode.INVALID, "resync", "note", "--where", "true); delete from note; --"))
        .contains("--where: is no condition for note");
    assertThat(run(ExitCode.INVALID, "verify", "--model", "nothing"))
        .contains("forebay: --model: nothing is no model");
    assertThat(run(ExitCode.INVALID, "verify", "--sample", "0")).contains("--sample");
    assertThat(run(ExitCode.FAILED, "models", "drop", "note")).contains("note is declared");
    assertThat(run(ExitCode.FAILED, "models", "drop", "nothing")).contains("no model");
    assertThat(run(ExitCode.OK, "models", "list")).containsPattern("note +20 +kept");
    assertThat(site.expected()).hasSize(20);
    assertThat(site.query("select count(*) from forebay.requested_document")).isEqualTo("0");
  }
}
