package dev.forebay.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.emulator.EmulatedNamespace;
import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.KvEmulator;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of production as processes of their own: exit codes, signals, messages. */
class ProcessesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int TERMINATED = 128 + 15;

  @TempDir static Path directory;
  private static EmbeddedPostgres postgres;
  private static KvEmulator kv;
  private final List<Process> processes = new ArrayList<>();

  /** A command as it was launched, with what it says on standard error. */
  private record Launched(Process process, Path output, Path errors, int adminPort) {

    String says() throws IOException {
      return Files.readString(errors);
    }

    boolean ready() {
      return get(adminPort, "/readyz") == 200;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    postgres = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
    kv = new KvEmulator(EmulatorConfig.of(0, "documents", "good"));
    Files.writeString(
        directory.resolve("forebay.yaml"),
        """
        models:
          note:
            from: note
            key: "{slug}"
            fields: [title]
        resources:
          note: { table: note, key: id, write: [id, slug, title], roles: [editor] }
        """);
    execute("postgres", "create database app");
    execute(
        "app",
        "create table note (id int primary key, slug text not null unique, title text)",
        "create unique index note_identity on note (id, slug)",
        "alter table note replica identity using index note_identity",
        "insert into note values (1, 'first', 'A title')");
  }

  @AfterAll
  static void stop() throws IOException {
    kv.close();
    postgres.close();
  }

  @AfterEach
  void kill() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void sync_emptyEnvironment_isALinePerVariableAndCode2() throws Exception {
    Launched sync = launch(Map.of(), "sync");

    assertThat(exitCode(sync)).isEqualTo(ExitCode.INVALID);
    assertThat(sync.says().lines())
        .hasSize(4)
        .allMatch(line -> line.matches("forebay: FOREBAY_[A-Z_]+: is not set\\. Set it to: .*"));
  }

  @Test
  void sync_wrongTokenAndColumn_areALineEachWithoutAStackTrace() throws Exception {
    Path file =
        Files.writeString(
            Files.createTempDirectory(directory, "wrong").resolve("forebay.yaml"),
            """
            models:
              note: { from: note, key: "{slug}", fields: [colour] }
            """);
    Launched sync =
        launch(
            Map.of("FOREBAY_KV_TOKEN", "hunter2", "FOREBAY_MODELS", file.toString(), "all", ""),
            "sync");

    assertThat(exitCode(sync)).isEqualTo(ExitCode.INVALID);
    assertThat(sync.says().lines())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("forebay: forebay.yaml:2 models.note.fields: "))
        .anyMatch(line -> line.startsWith("forebay: FOREBAY_KV_TOKEN: "))
        .noneMatch(line -> line.contains("hunter2"));
  }

  @Test
  void sync_healthy_fillsKvAndEndsAtSigterm() throws Exception {
    Launched sync = launch(Map.of("all", ""), "sync");

    await().atMost(PATIENCE).until(sync::ready);
    await().atMost(PATIENCE).until(() -> namespace().find("note:first").isPresent());

    assertThat(get(sync.adminPort(), "/livez")).isEqualTo(200);
    sync.process().destroy();
    assertThat(exitCode(sync)).isEqualTo(TERMINATED);
    assertThat(sync.says()).doesNotContain("ERROR");
  }

  @Test
  void key_made_opensTheApi() throws Exception {
    Launched api = launch(Map.of("all", "", "FOREBAY_API_PORT", "0"), "api");
    assertThat(exitCode(api)).as("port 0 is no port").isEqualTo(ExitCode.INVALID);
    int apiPort = freePort();
    api = launch(Map.of("all", "", "FOREBAY_API_PORT", Integer.toString(apiPort)), "api");
    await().atMost(PATIENCE).until(api::ready);

    Launched key = launch(Map.of("all", ""), "keys", "create", "ci", "--role", "editor");

    assertThat(exitCode(key)).isZero();
    String made = Files.readString(key.output()).strip();
    assertThat(get(apiPort, "/v1/note/1", "Bearer " + made)).isEqualTo(200);
    assertThat(get(apiPort, "/v1/note/1", "Bearer " + made + "x")).isEqualTo(401);

    Launched list = launch(Map.of("all", ""), "keys", "list", "--json");
    assertThat(exitCode(list)).isZero();
    String id = made.substring(3, 13);
    assertThat(Files.readString(list.output()))
        .contains("\"id\" : \"" + id + "\"", "\"name\" : \"ci\"", "\"state\" : \"live\"")
        .doesNotContain(made.substring(14));
    Launched revoke = launch(Map.of("all", ""), "keys", "revoke", id, "nobody");
    assertThat(exitCode(revoke)).isEqualTo(ExitCode.FAILED);
    assertThat(revoke.output()).hasContent("forebay: revoked: 1");
    assertThat(revoke.says()).contains("no key to revoke for nobody");
    int port = apiPort;
    await().atMost(PATIENCE).until(() -> get(port, "/v1/note/1", "Bearer " + made) == 401);
  }

  @Test
  void check_saysWhatIsWrongAndThatNothingIs() throws Exception {
    Launched fine = launch(Map.of("all", ""), "check");
    assertThat(exitCode(fine)).isZero();
    assertThat(fine.output()).hasContent("forebay: 1 models over 1 tables; sync can start");

    Path file =
        Files.writeString(
            Files.createTempDirectory(directory, "check").resolve("forebay.yaml"),
            "models:\n  note: { from: notes, key: \"{slug}\", fields: [title] }\n");
    Launched wrong = launch(Map.of("all", ""), "check", "--models", file.toString());
    assertThat(exitCode(wrong)).isEqualTo(ExitCode.INVALID);
    assertThat(wrong.output())
        .hasContent(
            "error: forebay.yaml:2 models.note.from: The table 'notes' is unknown. Did you mean note?");
  }

  @Test
  void check_fixIsAScriptAndApplyRunsIt() throws Exception {
    execute("app", "create table page (id int primary key, slug text not null unique, title text)");
    Path file =
        Files.writeString(
            Files.createTempDirectory(directory, "fix").resolve("forebay.yaml"),
            "models:\n  page: { from: page, key: \"{slug}\", fields: [title] }\n");
    Launched fix = launch(Map.of("all", ""), "check", "--fix", "--models", file.toString());
    assertThat(exitCode(fix)).isEqualTo(ExitCode.INVALID);
    assertThat(fix.says()).startsWith("error: forebay.yaml:2 models.page.key: When a row of ");
    assertThat(Files.readAllLines(fix.output()))
        .filteredOn(line -> !line.isEmpty() && !line.startsWith("-- "))
        .startsWith(
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"page_forebay_identity\" ON"
                + " \"public\".\"page\" (\"id\", \"slug\");",
            "BEGIN;")
        .endsWith("COMMIT;");

    Launched apply = launch(Map.of("all", ""), "check", "--apply", "--models", file.toString());
    assertThat(exitCode(apply)).isEqualTo(ExitCode.OK);
    assertThat(Files.readAllLines(apply.output()))
        .hasSize(3)
        .last()
        .isEqualTo("forebay: 1 models over 1 tables; sync can start");

    Launched paths = launch(Map.of("all", ""), "check", "--paths", "--models", file.toString());
    assertThat(exitCode(paths)).isEqualTo(ExitCode.OK);
    assertThat(paths.output())
        .content()
        .startsWith(
            "forebay.yaml:2 models.page.key: A changed row of public.page touches about 1 document"
                + " of model page.");
    Launched both = launch(Map.of("all", ""), "check", "--fix", "--apply");
    assertThat(exitCode(both)).isEqualTo(ExitCode.INVALID);
  }

  @Test
  void schema_isPrintedWithoutADatabase() throws Exception {
    Launched schema = launch(Map.of(), "schema");
    assertThat(exitCode(schema)).isZero();
    assertThat(schema.output()).content().startsWith("{").contains("\"min_interval\"");
  }

  @Test
  void types_writtenAndChecked() throws Exception {
    Path file = directory.resolve("types.ts");
    assertThat(exitCode(launch(Map.of("all", ""), "types", "--check"))).isEqualTo(ExitCode.INVALID);
    Launched absent = launch(Map.of("all", ""), "types", "--out", file.toString(), "--check");
    assertThat(exitCode(absent)).isEqualTo(ExitCode.FAILED);
    assertThat(absent.says()).contains("run forebay types --out");
    assertThat(exitCode(launch(Map.of("all", ""), "types", "--out", file.toString()))).isZero();

    assertThat(file).content().contains("note: {", "title: string | null;");
    assertThat(exitCode(launch(Map.of("all", ""), "types", "--out", file.toString(), "--check")))
        .isZero();
    Files.writeString(file, "stale");
    assertThat(exitCode(launch(Map.of("all", ""), "types", "--out", file.toString(), "--check")))
        .isEqualTo(ExitCode.FAILED);
    assertThat(file).hasContent("stale");
  }

  @Test
  void api_healthy_isReadyAndKnowsWhenTheDatabaseIsGone() throws Exception {
    Launched api = launch(Map.of("all", ""), "api");
    await().atMost(PATIENCE).until(api::ready);

    execute("postgres", "alter database app allow_connections false");
    try {
      execute(
          "postgres",
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'app'");
      await().atMost(PATIENCE).until(() -> get(api.adminPort(), "/readyz") == 503);
      assertThat(get(api.adminPort(), "/livez")).isEqualTo(200);
    } finally {
      execute("postgres", "alter database app allow_connections true");
    }
    await().atMost(PATIENCE).until(api::ready);
  }

  @Test
  void api_toldToStop_isNotReadyWhileARequestFinishes() throws Exception {
    execute(
        "app",
        """
        create or replace function pause() returns trigger language plpgsql as $$
        begin perform pg_sleep(3); return new; end $$\
        """,
        "create or replace trigger pause before insert on note for each row"
            + " when (new.title = 'slow') execute function pause()");
    int apiPort = freePort();
    Launched api = launch(Map.of("all", "", "FOREBAY_API_PORT", Integer.toString(apiPort)), "api");
    await().atMost(PATIENCE).until(api::ready);
    Launched made = launch(Map.of("all", ""), "keys", "create", "slow", "--role", "editor");
    assertThat(exitCode(made)).isZero();
    String key = Files.readString(made.output()).strip();
    CompletableFuture<Integer> slow =
        CompletableFuture.supplyAsync(() ->
            post(apiPort, "/v1/note", key, "{\"id\":9,\"slug\":\"slow\",\"title\":\"slow\"}"));
    await()
        .atMost(PATIENCE)
        .until(() -> body(api.adminPort(), "/metrics").contains("\nforebay_api_in_flight 1.0"));

    api.process().destroy();

    await().atMost(PATIENCE).until(() -> get(api.adminPort(), "/readyz") == 503);
    assertThat(body(api.adminPort(), "/readyz")).contains("takes no new requests");
    assertThat(get(api.adminPort(), "/livez")).isEqualTo(200);
    assertThat(slow.isDone()).as("still in flight").isFalse();
    assertThat(slow.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(201);
    assertThat(exitCode(api)).isEqualTo(TERMINATED);
    assertThat(api.says()).doesNotContain("ERROR").doesNotContain("WARN");
  }

  @Test
  void api_isMeasured() throws Exception {
    int apiPort = freePort();
    Launched api = launch(Map.of("all", "", "FOREBAY_API_PORT", Integer.toString(apiPort)), "api");
    await().atMost(PATIENCE).until(api::ready);
    assertThat(get(apiPort, "/v1/note/1")).isEqualTo(401);
    await()
        .atMost(PATIENCE)
        .until(() -> body(api.adminPort(), "/metrics").contains("forebay_api_request_seconds"));

    assertThat(body(api.adminPort(), "/metrics").lines())
        .anyMatch(line -> line.matches("forebay_api_request_seconds_count\\{.*route=\"none\".*} 1"))
        .anyMatch(line -> line.startsWith("forebay_api_request_seconds_bucket{"))
        .contains(
            "forebay_api_in_flight 0.0",
            "forebay_api_shed_total 0.0",
            "forebay_api_throttled_total 0.0",
            "forebay_api_pool_in_use 0.0",
            "forebay_api_pool_waiting 0.0")
        .anyMatch(line -> line.startsWith("forebay_api_pool_idle "))
        .anyMatch(line -> line.startsWith("forebay_api_connections "));
  }

  @Test
  void kvEmulator_saysWhatAWorkerNeedsAndServesIt() throws Exception {
    Launched emulator = launch(Map.of(), "kv-emulator", "--port", "0", "--token", "t");

    await()
        .atMost(PATIENCE)
        .until(() -> Files.readString(emulator.output()).contains("forebay: ready"));
    String said = Files.readString(emulator.output());
    assertThat(said).contains("FOREBAY_KV_ACCOUNT=emulator", "FOREBAY_KV_TOKEN=t");
    URI api = URI.create(said.lines().findFirst().orElseThrow().split("=", 2)[1]);
    String keys = api.getPath() + "/accounts/emulator/storage/kv/namespaces/documents/keys";
    assertThat(get(api.getPort(), keys, "Bearer t")).isEqualTo(200);
    assertThat(get(api.getPort(), keys, "Bearer x")).isNotEqualTo(200);
  }

  private Launched launch(Map<String, String> changes, String... arguments) throws IOException {
    int adminPort = freePort();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Forebay.class.getName()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(directory, arguments[0], ".out");
    Path errors = Files.createTempFile(directory, arguments[0], ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(errors.toFile()).redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("FOREBAY_"));
    if (changes.containsKey("all")) {
      builder.environment().putAll(environment(adminPort));
    }
    builder.environment().putAll(changes);
    Process process = builder.start();
    processes.add(process);
    return new Launched(process, output, errors, adminPort);
  }

  private static Map<String, String> environment(int adminPort) throws IOException {
    return Map.of(
        "FOREBAY_DATABASE_URL",
        "postgres://postgres@localhost:" + postgres.getPort() + "/app",
        "FOREBAY_DATABASE_POOL",
        "6",
        "FOREBAY_MODELS",
        directory.resolve("forebay.yaml").toString(),
        "FOREBAY_KV_BASE_URL",
        kv.apiUrl().toString(),
        "FOREBAY_KV_ACCOUNT",
        "emulator",
        "FOREBAY_KV_NAMESPACE",
        "documents",
        "FOREBAY_KV_TOKEN",
        "good",
        "FOREBAY_API_PORT",
        Integer.toString(freePort()),
        "FOREBAY_ADMIN_PORT",
        Integer.toString(adminPort));
  }

  private static int exitCode(Launched launched) throws InterruptedException {
    assertThat(launched.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("ends by itself")
        .isTrue();
    return launched.process().exitValue();
  }

  private static EmulatedNamespace namespace() {
    return kv.namespace("emulator", "documents");
  }

  /** The status, or 0 if nothing answers. */
  private static int get(int port, String path) {
    return get(port, path, "none");
  }

  private static int get(int port, String path, String authorization) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return http.send(
              HttpRequest.newBuilder(uri)
                  .header("Authorization", authorization)
                  .timeout(PATIENCE)
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static String body(int port, String path) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return http.send(
              HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static int post(int port, String path, String key, String json) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .header("Authorization", "Bearer " + key)
                  .header("Content-Type", "application/json")
                  .timeout(PATIENCE)
                  .POST(HttpRequest.BodyPublishers.ofString(json))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void execute(String database, String... statements) throws SQLException {
    try (Connection connection = postgres.getDatabase("postgres", database).getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
