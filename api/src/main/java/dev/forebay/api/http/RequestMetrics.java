package dev.forebay.api.http;

import dev.forebay.api.limit.Connections;
import dev.forebay.api.limit.InFlight;
import dev.forebay.api.limit.RequestRates;
import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Measures requests by route, method and class of status. What clients send is never a label: a
 * path that is no route counts as route {@code none}, so there are as many series as routes.
 */
final class RequestMetrics {

  private static final String NONE = "none";

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(5)
  };

  private final MeterRegistry registry;
  private final Map<Series, Timer> timers = new ConcurrentHashMap<>();

  private record Series(String route, String method, int statusClass) {}

  RequestMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Shows how many connections are open. */
  void watch(Connections connections) {
    Gauge.builder("forebay.api.connections", connections::open)
        .description("Connections of clients that are open")
        .register(registry);
  }

  /** Shows how many requests are worked on, and how many were sent away. */
  void watch(InFlight inFlight, RequestRates rates) {
    Gauge.builder("forebay.api.in.flight", inFlight::taken)
        .description("Requests that are worked on")
        .register(registry);
    FunctionCounter.builder("forebay.api.shed", inFlight, InFlight::refused)
        .description("Requests answered 503 because too many were worked on")
        .register(registry);
    FunctionCounter.builder("forebay.api.throttled", rates, RequestRates::refused)
        .description("Requests answered 429 because their principal had sent too many")
        .register(registry);
  }

  /** Counts a request that has been answered. */
  void record(Context context, Float millis) {
    @Nullable Endpoint endpoint = context.endpoints().matchedHttpEndpoint();
    Series series =
        endpoint == null
            ? new Series(NONE, NONE, context.statusCode() / 100)
            : new Series(endpoint.path, endpoint.method.name(), context.statusCode() / 100);
    timers
        .computeIfAbsent(series, this::timer)
        .record(Duration.ofNanos((long) (millis * 1_000_000)));
  }

  private Timer timer(Series series) {
    return Timer.builder("forebay.api.request")
        .description("Time from a request's head to the end of its answer")
        .tag("route", series.route())
        .tag("method", series.method())
        .tag("status", series.statusClass() + "xx")
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }
}
