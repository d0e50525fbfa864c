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
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that has halted, as an operator sees and mends it; the role is no superuser. */
@NullUnmarked
@Timeout(300)
class AdoptIT {

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
    Launched worker = site.launch("sync");
    awaitExact();
    stop(worker);
  }

  @AfterEach
  void close() throws Exception {
    otherHands.close();
    site.endProcesses();
    site.close();
  }

  private void awaitExact() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(site.stored()).isEqualTo(site.expected()));
  }

  private static void stop(Launched worker) throws Exception {
    worker.process().destroy();
    assertThat(worker.exitCode(PATIENCE)).isNotNegative();
  }

  private String run(int exitCode, String... arguments) throws Exception {
    Launched command = site.launch(QUICK_START, arguments);
    assertThat(command.exitCode(PATIENCE)).as(command.says()).isEqualTo(exitCode);
    return command.says();
  }

  private void wipe() {
    otherHands.bulkDelete(site.namespace().all().keySet());
  }

  private Launched halted() throws Exception {
    Launched worker = site.launch("sync");
    await().atMost(PATIENCE).until(() -> worker.role().equals("halted"));
    return worker;
  }

  @Test
  void wipedNamespace_isSaidByEveryMeansAndMendedByOneCommand() throws Exception {
    assertThat(run(ExitCode.OK, "adopt")).contains("nothing is wrong");
    wipe();
    Launched worker = halted();
    String admin = "http://127.0.0.1:" + worker.adminPort();

    assertThat(worker.readiness()).contains("halted").contains("emptied").contains("forebay adopt");
    assertThat(worker.metric("forebay_halted")).isEqualTo("forebay_halted 1.0");
    assertThat(worker.metric("forebay_leader")).isEqualTo("forebay_leader 0.0");
    assertThat(run(ExitCode.NOT_READY, "status", "--admin", admin)).contains("halted, term");
    assertThat(run(ExitCode.HALTED, "adopt"))
        .contains("KV_IS_EMPTY")
        .contains("at most 20")
        .contains("forebay adopt --yes");
    assertThat(worker.role()).isEqualTo("halted");
    assertThat(site.namespace().all()).isEmpty();

    assertThat(run(ExitCode.OK, "adopt", "--yes")).contains("Agreed");
    awaitExact();
    await().atMost(PATIENCE).until(worker::isReady);
    assertThat(worker.metric("forebay_halted")).isEqualTo("forebay_halted 0.0");
    assertThat(run(ExitCode.OK, "adopt")).contains("nothing is wrong");
    assertThat(run(ExitCode.OK, "verify", "--deep")).contains("KV is what PostgreSQL says");
  }

  /** Ghosts and states of an earlier life; killed after it has forgotten what KV holds. */
  @Test
  void adoption_killedInTheMiddle_isEndedByTheNextProcessWithoutAPerson() throws Exception {
    site.execute("drop schema forebay cascade");
    otherHands.put(new KvPair("note:ghost", "{}", null, null));
    otherHands.put(new KvPair("note:n1", "{\"title\": \"another life\"}", null, null));
    Launched worker = halted();
    // The adoption's first write is the control key.
    site.kv().faults().next(10, Operation.BULK_WRITE, Fault.latency(Duration.ofSeconds(60)));
    run(ExitCode.OK, "adopt", "--yes");
    await()
        .atMost(PATIENCE)
        .until(() -> !site.query("select next_nonce from forebay.history").equals("null"));
    assertThat(site.query("select adopting is not null from forebay.history")).isEqualTo("t");

    worker.process().destroyForcibly().waitFor();
    site.kv().faults().clear();
    int before = site.namespace().log().size();
    Launched next = site.launch("sync");

    awaitExact();
    await().atMost(PATIENCE).until(next::isReady);
    assertThat(site.query("select adopting is null and consent is null from forebay.history"))
        .isEqualTo("t");
    assertThat(site.namespace().log().subList(before, site.namespace().log().size()))
        .extracting(applied -> applied.key())
        .as("19 documents were right, and cost no write")
        .containsOnly(".forebay", "note:ghost", "note:n1");
    assertThat(run(ExitCode.OK, "verify")).contains("KV is what PostgreSQL says");
  }
}
