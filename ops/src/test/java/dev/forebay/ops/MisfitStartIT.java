package dev.forebay.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.ops.SyncSite.Launched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sync process that starts while a model of its file does not fit the database. */
class MisfitStartIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String FILE =
      """
      models:
        note: { from: note, key: "{slug}", fields: [title] }
        page: { from: page, key: "{id}", fields: [body] }
      """;

  @TempDir static Path directory;
  private static SyncSite site;

  @BeforeAll
  static void open() throws Exception {
    site = new SyncSite(directory);
    site.execute(
        "create table page (id int primary key, body text)",
        "insert into page values (1, 'one')",
        "alter table page owner to keeper");
  }

  @AfterAll
  static void close() throws IOException {
    site.close();
  }

  @AfterEach
  void end() throws Exception {
    site.endProcesses();
  }

  private static void declare(String text) throws IOException {
    Files.writeString(directory.resolve("forebay.yaml"), text);
  }

  /** Starts a worker that refuses, and returns what it says. */
  private static String refusal() throws Exception {
    Launched refused = site.launch("sync");
    assertThat(refused.exitCode(PATIENCE)).isEqualTo(ExitCode.INVALID);
    return refused.says();
  }

  @Test
  void sync_modelThatFittedOnce_waitsAloneUntilItFitsAgain() throws Exception {
    declare(FILE);
    Launched first = site.launch("sync");
    await().atMost(PATIENCE).until(() -> site.stored().containsKey("page:1") && first.isReady());
    first.signal("TERM");
    first.exitCode(PATIENCE);
    site.execute("alter table page drop column body", "insert into note values (50, 'new', 'x')");

    declare(FILE + "  # other words beside it are no reason to refuse\n");
    Launched second = site.launch("sync");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(second.readiness()).contains("the model page has stopped: forebay.yaml:3"));
    await().atMost(PATIENCE).until(() -> site.stored().containsKey("note:new"));
    assertThat(site.stored()).as("it stays as it is").containsKey("page:1");
    assertThat(second.metric("forebay_models_stopped")).endsWith(" 1.0");
    assertThat(second.says())
        .contains("A model no longer fits the database and stops; the others go on", "body");

    site.execute("alter table page add column body text default 'again'");

    await()
        .atMost(PATIENCE)
        .until(() -> "{\"body\": \"again\"}".equals(site.stored().get("page:1")));
    await().atMost(PATIENCE).until(second::isReady);
    assertThat(second.metric("forebay_models_stopped")).endsWith(" 0.0");
    second.signal("TERM");
    second.exitCode(PATIENCE);

    declare(FILE.replace("[body]", "[boddy]"));
    assertThat(refusal())
        .as("the same model, but in words that never fitted")
        .contains("forebay: forebay.yaml:3 models.page.fields: ")
        .contains("'boddy' is unknown");

    site.execute("alter table page drop column body");
    declare(FILE + "  plan: { from: plan, key: \"{id}\", fields: [id] }\n");
    assertThat(refusal().lines())
        .as("with a mistake, everything is said")
        .anyMatch(line -> line.startsWith("forebay: forebay.yaml:3 models.page.fields: "))
        .anyMatch(line -> line.startsWith("forebay: forebay.yaml:4 models.plan.from: "));
  }
}
