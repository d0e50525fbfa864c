package dev.forebay.ops;

import dev.forebay.kv.emulator.EmulatedNamespace;
import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.EmulatorLimits;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.ops.admin.AdminClient;
import dev.forebay.ops.admin.StatusReport;
import dev.forebay.worker.history.ControlKey;
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
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A database, a KV, and sync workers as processes of their own between them. The workers' role owns
 * its table and may replicate, and is no superuser.
 */
final class SyncSite implements AutoCloseable {

  private final Path directory;
  private final int databasePort;
  private final KvEmulator kv;
  private final List<Process> processes = new ArrayList<>();
  private final Map<String, String> settings = new TreeMap<>();
  private EmbeddedPostgres postgres;

  /** A command as it was launched. */
  record Launched(Process process, Path output, Path errors, int adminPort) {

    String says() throws IOException {
      return Files.readString(output) + Files.readString(errors);
    }

    String metrics() {
      return get("/metrics");
    }

    String metric(String name) {
      return metrics().lines().filter(line -> line.startsWith(name + " ")).findFirst().orElse("");
    }

    String adminUrl() {
      return "http://127.0.0.1:" + adminPort;
    }

    boolean isReady() {
      return !get("/readyz").isEmpty();
    }

    String readiness() {
      return SyncSite.get(adminPort, "/readyz", 503);
    }

    private String get(String path) {
      return SyncSite.get(adminPort, path, 200);
    }

    /** {@code leader} or {@code standby}; empty if it does not answer. */
    String role() throws InterruptedException {
      try (AdminClient client = new AdminClient(URI.create("http://127.0.0.1:" + adminPort))) {
        StatusReport.@Nullable Lease lease = AdminClient.parse(client.statusJson()).lease();
        return lease == null ? "" : lease.role();
      } catch (IOException e) {
        return "";
      }
    }

    void signal(String name) throws IOException, InterruptedException {
      String pid = Long.toString(process.pid());
      new ProcessBuilder("kill", "-" + name, pid).start().waitFor();
    }

    int exitCode(Duration patience) throws InterruptedException {
      return process.waitFor(patience.toSeconds(), TimeUnit.SECONDS) ? process.exitValue() : -1;
    }
  }

  SyncSite(Path directory) throws IOException, SQLException {
    this.directory = directory;
    this.databasePort = freePort();
    this.postgres = server();
    this.kv =
        new KvEmulator(EmulatorConfig.of(0, "documents", "good").withLimits(EmulatorLimits.none()));
    Files.writeString(
        directory.resolve("forebay.yaml"),
        """
        models:
          note: { from: note, key: "{slug}", fields: [title] }
        """);
    execute(
        "create role keeper login replication",
        "create table note (id int primary key, slug text not null unique, title text)",
        "create unique index note_identity on note (id, slug)",
        "alter table note replica identity using index note_identity",
        "insert into note select i, 'n' || i, '0' from generate_series(1, 20) i",
        "alter table note owner to keeper",
        "grant create on database postgres to keeper");
  }

  /** Lets the commands that are launched from now on find a variable. */
  void set(String variable, String value) {
    settings.put(variable, value);
  }

  /** Declares other models than notes alone; before a launch. */
  void declare(String yaml) throws IOException {
    Files.writeString(directory.resolve("forebay.yaml"), yaml);
  }

  private EmbeddedPostgres server() throws IOException {
    return EmbeddedPostgres.builder()
        .setPort(databasePort)
        .setDataDirectory(directory.resolve("postgres"))
        .setCleanDataDirectory(false)
        .setServerConfig("wal_level", "logical")
        .start();
  }

  void stopDatabase() throws IOException {
    postgres.close();
  }

  void startDatabase() throws IOException {
    postgres = server();
  }

  KvEmulator kv() {
    return kv;
  }

  EmulatedNamespace namespace() {
    return kv.namespace("emulator", "documents");
  }

  /** What KV holds, by key. */
  Map<String, String> stored() {
    Map<String, String> texts = new TreeMap<>();
    namespace().all().forEach((key, value) -> texts.put(key, value.text()));
    texts.keySet().removeIf(ControlKey::isNamed);
    return texts;
  }

  /** What it must hold. */
  Map<String, String> expected() throws SQLException {
    Map<String, String> texts = new TreeMap<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select 'note:' || slug, jsonb_build_object('title', title)::text from note")) {
      while (rows.next()) {
        texts.put(rows.getString(1), rows.getString(2));
      }
    }
    return texts;
  }

  Launched launch(String... arguments) throws IOException {
    return launch(List.of(), arguments);
  }

  /** Launches a command with options of the JVM before it. */
  Launched launch(List<String> options, String... arguments) throws IOException {
    int adminPort = freePort();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Forebay.class.getName()));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(directory, arguments[0], ".out");
    Path errors = Files.createTempFile(directory, arguments[0], ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(errors.toFile()).redirectOutput(output.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("FOREBAY_"));
    environment.put("FOREBAY_DATABASE_URL", "postgres://localhost:" + databasePort + "/postgres");
    environment.put("FOREBAY_DATABASE_USER", "keeper");
    environment.put("FOREBAY_DATABASE_POOL", "10");
    environment.put("FOREBAY_MODELS", directory.resolve("forebay.yaml").toString());
    environment.put("FOREBAY_KV_BASE_URL", kv.apiUrl().toString());
    environment.put("FOREBAY_KV_ACCOUNT", "emulator");
    environment.put("FOREBAY_KV_NAMESPACE", "documents");
    environment.put("FOREBAY_KV_TOKEN", "good");
    environment.put("FOREBAY_ADMIN_PORT", Integer.toString(adminPort));
    environment.putAll(settings);
    Process process = builder.start();
    processes.add(process);
    return new Launched(process, output, errors, adminPort);
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://localhost:" + databasePort + "/postgres", "postgres", "postgres");
  }

  void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  String query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  /** The term that is held; 0 while it is given back or was never taken. */
  long term() throws SQLException {
    return Long.parseLong(
        query("select case when released then 0 else term end from forebay.lease"));
  }

  /** Ends every process that is left, stopped ones too. */
  void endProcesses() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
    processes.clear();
  }

  private static String get(int port, String path, int status) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(Duration.ofSeconds(5))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == status ? response.body() : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    kv.close();
    postgres.close();
  }
}
