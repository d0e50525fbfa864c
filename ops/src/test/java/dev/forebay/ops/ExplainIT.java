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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Why a document is as it is, as an operator asks. */
@NullUnmarked
@Timeout(300)
class ExplainIT {

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

  private Launched keep(int documents) throws Exception {
    Launched worker = site.launch("sync");
    await().atMost(PATIENCE).until(() -> site.stored().size() == documents);
    await().atMost(PATIENCE).until(worker::isReady);
    return worker;
  }

  private String explain(Launched worker, int exitCode, String... arguments) throws Exception {
    String[] all = new String[arguments.length + 3];
    all[0] = "explain";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[all.length - 2] = "--admin";
    all[all.length - 1] = worker.adminUrl();
    Launched command = site.launch(QUICK_START, all);
    assertThat(command.exitCode(PATIENCE)).as(command.says()).isEqualTo(exitCode);
    return command.says();
  }

  @Test
  void explain_rightAndWrongDocuments_saysWhichAndWhatToDo() throws Exception {
    Launched worker = keep(20);

    assertThat(explain(worker, ExitCode.OK, "note:n1"))
        .contains("owned by the root of note with slug = n1", "all three agree")
        .contains("leads, ", "this document is not dirty", "labelled ", "history ")
        .endsWith("KV holds what PostgreSQL says\n");
    assertThat(explain(worker, ExitCode.OK, "note:nobody"))
        .endsWith("there is no such document, in PostgreSQL or in KV\n");

    otherHands.put(new KvPair("note:n2", "{\"title\": \"planted\"}", null, null));
    assertThat(explain(worker, ExitCode.DRIFT, "note:n2"))
        .contains("without a label of ours", "the ledger and PostgreSQL agree, KV differs")
        .endsWith(
            "different, KV holds what Forebay did not write: the worker does not know:"
                + " forebay verify --key note:n2 --repair\n")
        .doesNotContain("planted");
    assertThat(explain(worker, ExitCode.DRIFT, "note:n2", "--document"))
        .contains("-  \"title\": \"planted\"", "+  \"title\": \"0\"");
    assertThat(explain(worker, ExitCode.DRIFT, "note:n2", "--json"))
        .contains("\"right\" : false", "\"key\" : \"note:n2\"", "\"syncLagSeconds\"")
        .doesNotContain("planted");

    otherHands.put(new KvPair("note:ghost", "{}", null, null));
    assertThat(explain(worker, ExitCode.DRIFT, "note:ghost"))
        .contains("no row owns the key", "would belong to the root of note with slug = ghost")
        .contains("KV was given nothing")
        .endsWith(
            "extra, no row owns this key: the worker does not know:"
                + " forebay verify --key note:ghost --repair\n");
    otherHands.delete("note:n3");
    assertThat(explain(worker, ExitCode.DRIFT, "note:n3")).contains("\nmissing: ");

    assertThat(explain(worker, ExitCode.INVALID, "nothing:n1"))
        .contains("forebay: KEY: 'nothing:n1' is no key of any model.", "There are note.");
    assertThat(explain(worker, ExitCode.INVALID, "note:%zz"))
        .contains("forebay: KEY: 'note:%zz' is no key of any model.", "such as note:SOME-slug");
  }

  @Test
  void explain_whileKvFails_saysThatTheWorkerTriesAndWhy() throws Exception {
    site.set("FOREBAY_KV_TIMEOUT", "1");
    Launched worker = keep(20);
    site.kv()
        .faults()
        .decide(operation ->
            operation == Operation.BULK_WRITE
                ? Optional.of(Fault.serverError(500))
                : Optional.empty());
    site.execute("update note set title = 'changed' where id = 1");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(explain(worker, ExitCode.DRIFT, "note:n1"))
                .contains("KV and the ledger agree, PostgreSQL differs", "dirty since ", "(live)")
                .contains("open write of ", "oldest change committed ")
                .containsPattern("last error: .*500")
                .containsPattern("\\nstale: the worker .*500"));

    site.kv().faults().decide(operation -> Optional.of(Fault.serverError(500)));
    assertThat(explain(worker, ExitCode.FAILED, "note:n1"))
        .containsPattern("kv +unknown: .*500")
        .contains("postgres    hash ", "dirty since ", "cannot be told")
        .contains(
            "KV does not answer, so that nobody can say what it holds; by the ledger it does"
                + " not hold what PostgreSQL says, and the worker ");
  }

  @Test
  void explain_deadLettersAndSpacing_saysWhatTheKeyWaitsFor() throws Exception {
    site.declare(
        """
        models:
          share: { from: note, key: "{slug}", fields: [{ share: 100 / (id - 7) }] }
          paced: { from: note, key: "{slug}", min_interval: 300s, fields: [title] }
        """);
    Launched worker = keep(39);

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(explain(worker, ExitCode.DRIFT, "share:n7"))
                .contains("dead letter: PostgreSQL cannot build it: SQLSTATE 22012")
                .endsWith("KV keeps what it has until the row or the model is mended\n"));

    site.execute("update note set title = 'changed' where id = 1");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(explain(worker, ExitCode.DRIFT, "paced:n1"))
                .contains("(live): waiting for the key's spacing, ")
                .containsPattern(
                    "\\nstale: the worker knows and will write it in about [1-5] min\\n$"));
  }

  @Test
  void explain_withTheWorkerDown_saysSoAndShowsTheRest() throws Exception {
    Launched worker = keep(20);
    worker.process().destroy();
    worker.exitCode(PATIENCE);

    assertThat(explain(worker, ExitCode.OK, "note:n1"))
        .contains("worker      unknown: nothing answers at " + worker.adminUrl())
        .endsWith("KV holds what PostgreSQL says\n");
    site.execute("delete from note where id = 1");
    assertThat(explain(worker, ExitCode.DRIFT, "note:n1"))
        .endsWith(
            "extra, no row owns this key: the worker does not answer at "
                + worker.adminUrl()
                + ": start forebay sync, or say with --admin where it is\n");
  }

  @Test
  void explainPath_refusesWhatIsNoKey() throws Exception {
    Launched worker = keep(20);

    assertThat(get(worker, "?key=note:n1", 200)).contains("\"lease\"", "\"worker\"");
    assertThat(get(worker, "", 400)).contains("key must have 1 to 600 characters");
    assertThat(get(worker, "?key=" + "x".repeat(601), 400)).contains("key must have");
    assertThat(get(worker, "?key=nothing:n1", 404)).contains("no model has this key", "note");
  }

  private static String get(Launched worker, String query, int status) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(worker.adminUrl() + "/explain" + query)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
      return answer.body();
    }
  }
}
