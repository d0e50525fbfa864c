package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.TestClient.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients see when the database or the server goes away. */
class OutageIT {

  private TestApi api;

  @BeforeEach
  void start() throws Exception {
    api = new TestApi();
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
  }

  @Test
  void database_stopped() throws Exception {
    api.client.post("/v1/author", "{\"name\":\"Ada\"}");
    api.postgres.close();

    long begin = System.nanoTime();
    Reply refused = api.client.post("/v1/author", "{\"name\":\"Bob\"}");
    Reply again = api.client.get("/v1/author");
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);

    assertThat(refused.status()).as(refused.toString()).isEqualTo(503);
    assertThat(refused.problem()).isEqualTo("unavailable");
    assertThat(refused.header("Retry-After")).isEqualTo("5");
    assertThat(again.status()).isEqualTo(503);
    assertThat(seconds).isLessThan(8);
  }

  @Test
  void database_hangs() throws Exception {
    api.client.post("/v1/author", "{\"name\":\"Ada\"}");
    List<String> processes = stopProcesses();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Reply> request = () -> api.client.get("/v1/author/1");
      // Some may hold a connection until its socket times out; none waits longer.
      for (Future<Reply> asked : clients.invokeAll(Collections.nCopies(20, request))) {
        Reply reply = asked.get();
        assertThat(reply.problem()).as(reply.toString()).isEqualTo("unavailable");
      }
    } finally {
      signal("CONT", processes);
    }

    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> api.client.get("/v1/author/1").status() == 200);
  }

  /** Stops every process of the database where it stands: first the one that could start others. */
  private List<String> stopProcesses() throws Exception {
    List<String> processes = new ArrayList<>();
    try (Connection connection = api.postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      Path directory = Path.of(api.ask("show data_directory"));
      processes.add(Files.readAllLines(directory.resolve("postmaster.pid")).getFirst());
      signal("STOP", processes);
      try (ResultSet backend = statement.executeQuery("select pid from pg_stat_activity")) {
        while (backend.next()) {
          processes.add(backend.getString(1));
        }
      }
      signal("STOP", processes);
    }
    return processes;
  }

  private static void signal(String signal, List<String> processes) throws Exception {
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    command.addAll(processes);
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void close_finishesRequestsInFlight() throws Exception {
    CompletableFuture<Reply> slow =
        CompletableFuture.supplyAsync(
            () -> api.client.post("/v1/guarded", "{\"id\":1,\"note\":\"sleep 1\"}"));
    Awaitility.await()
        .atMost(5, TimeUnit.SECONDS)
        .until(() ->
            api.ask("select count(*) from pg_stat_activity where wait_event = 'PgSleep'")
                .equals("1"));

    api.server.close();

    assertThat(slow.get(5, TimeUnit.SECONDS).status()).isEqualTo(201);
    assertThat(api.ask("select count(*) from guarded")).isEqualTo("1");
  }
}
