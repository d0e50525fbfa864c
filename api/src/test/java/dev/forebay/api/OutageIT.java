package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.TestClient.Reply;
import java.util.concurrent.CompletableFuture;
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
