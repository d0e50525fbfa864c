package dev.forebay.worker.verify;

import dev.forebay.worker.verify.Drift.Kind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What operators see of verification: all of it of the last round that is over, and unknown before
 * the first. Safe for any thread.
 */
final class VerifyMetrics {

  private static final String DRIFT = "forebay.drift.documents";
  private static final String TOOK = "forebay.verify.round";
  private static final String END = "forebay.verify.round.end";
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e3;

  private final Counter documents;
  private volatile @Nullable VerifyRound last;
  private volatile Map<String, Map<Kind, Long>> drift = Map.of();

  VerifyMetrics(MeterRegistry registry, Collection<String> models) {
    // A worker that takes another's place in this process: its rounds, not the other's.
    for (String name : List.of(DRIFT, TOOK, END)) {
      registry.find(name).meters().forEach(registry::remove);
    }
    this.documents =
        Counter.builder("forebay.verify.documents")
            .description("Documents that a leader has compared with KV by itself")
            .register(registry);
    gauge(registry, TOOK, "How long the last round took", () -> value(true));
    gauge(registry, END, "When the last round was over, in seconds since 1970", () -> value(false));
    for (String model : models) {
      for (Kind kind : Kind.values()) {
        Gauge.builder(DRIFT, () -> drift(model, kind))
            .description("Documents that the last round found wrong in KV")
            .tag("model", model)
            .tag("kind", kind.name().toLowerCase(Locale.ROOT))
            .register(registry);
      }
    }
  }

  private static void gauge(
      MeterRegistry registry, String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).baseUnit("seconds").description(description).register(registry);
  }

  private double value(boolean took) {
    VerifyRound round = last;
    if (round == null) {
      return Double.NaN;
    }
    return took ? round.took().toNanos() / NANOS : round.end().toEpochMilli() / MILLIS;
  }

  private double drift(String model, Kind kind) {
    if (last == null) {
      return Double.NaN;
    }
    return drift.getOrDefault(model, Map.of()).getOrDefault(kind, 0L).doubleValue();
  }

  void compared(long more) {
    documents.increment((double) more);
  }

  /** A round is over. */
  void over(VerifyRound round, Map<String, Map<Kind, Long>> found) {
    drift = Map.copyOf(found);
    last = round;
  }

  @Nullable VerifyRound last() {
    return last;
  }
}
