package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.api.TestClient.Reply;
import dev.forebay.api.limit.LimitConfig;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A principal's rate, and what the metrics say of it and of everything else. */
class MeasuredIT {

  private static final int BURST = 20;

  private static final SimpleMeterRegistry METRICS = new SimpleMeterRegistry();
  private static TestApi api;

  @BeforeAll
  static void start() throws Exception {
    LimitConfig limits = LimitConfig.DEFAULT.withRate(1, BURST);
    api =
        new TestApi(ApiConfig.DEFAULT.withBounds(1 << 20, Duration.ofSeconds(10), limits), METRICS);
    PoolMetrics.show(api.pool, METRICS);
    api.client.post("/v1/author", "{\"name\":\"Ada\"}");
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
  }

  @Test
  void principal_thatSendsTooMuch_isToldWhenToComeBack() throws Exception {
    TestClient greedy = client("greedy");
    TestClient modest = client("modest");
    List<Reply> replies = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < 3 * BURST; i++) {
      replies.add(greedy.get("/v1/author/1"));
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin) + 1;

    assertThat(replies)
        .filteredOn(reply -> reply.status() == 200)
        .hasSizeBetween(BURST, BURST + (int) seconds);
    assertThat(replies)
        .filteredOn(reply -> reply.status() != 200)
        .isNotEmpty()
        .allSatisfy(refused -> {
          assertThat(refused.status()).isEqualTo(429);
          assertThat(refused.problem()).isEqualTo("too-many-requests");
          assertThat(refused.header("Retry-After")).isEqualTo("1");
        });
    assertThat(modest.get("/v1/author/1").status()).as("another principal").isEqualTo(200);
    assertThat(METRICS.get("forebay.api.throttled").functionCounter().count())
        .isEqualTo((double) replies.stream().filter(reply -> reply.status() == 429).count());
    // What was refused has not been counted against it: a second is enough.
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .pollDelay(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(greedy.get("/v1/author/1").status()).isEqualTo(200));
  }

  @Test
  void requests_areCountedByRouteMethodAndClass() throws Exception {
    TestClient client = client("counted");
    long before = count("/v1/author/{key0}", "GET", "4xx");
    client.get("/v1/author/999");
    client.get("/v1/author/998");
    client.patch("/v1/author/1", "{\"name\":\"Ada\"}");

    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> count("/v1/author/{key0}", "PATCH", "2xx") == 1);
    assertThat(count("/v1/author/{key0}", "GET", "4xx") - before).isEqualTo(2);
    assertThat(timer("/v1/author/{key0}", "PATCH", "2xx").takeSnapshot().histogramCounts())
        .hasSize(6);
  }

  @Test
  void series_areAsManyAsRoutes() throws Exception {
    TestClient client = client("curious");
    long none = count("none", "none", "4xx");
    client.get("/v1/nothing-0");
    // What is measured is known a moment after the answer.
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> count("none", "none", "4xx") > none);
    int before = METRICS.getMeters().size();

    for (int i = 1; i < 15; i++) {
      client.get("/v1/nothing-" + i + "/" + i);
    }

    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> count("none", "none", "4xx") >= none + 15);
    assertThat(METRICS.getMeters()).hasSize(before);
  }

  @Test
  void pool_isShown() {
    assertThat(METRICS.get("forebay.api.pool.idle").gauge().value()).isGreaterThan(0);
    assertThat(METRICS.get("forebay.api.pool.in.use").gauge().value()).isZero();
    assertThat(METRICS.get("forebay.api.pool.waiting").gauge().value()).isZero();
  }

  private static TestClient client(String principal) throws Exception {
    return new TestClient(api.server.port(), api.keys.create(principal, TestApi.EDITOR));
  }

  private static long count(String route, String method, String status) {
    Timer timer =
        METRICS
            .find("forebay.api.request")
            .tags("route", route, "method", method, "status", status)
            .timer();
    return timer == null ? 0 : timer.count();
  }

  private static Timer timer(String route, String method, String status) {
    return METRICS
        .get("forebay.api.request")
        .tags("route", route, "method", method, "status", status)
        .timer();
  }
}
