package dev.forebay.ops.start;

import dev.forebay.kv.KvException;
import dev.forebay.kv.KvListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Counts what is asked of KV, and remembers how the last request ended. Safe for any thread. */
public final class KvMeter implements KvListener {

  private final MeterRegistry metrics;
  private final AtomicInteger remainingBudget = new AtomicInteger();
  private final AtomicReference<@Nullable Attempt> last = new AtomicReference<>();

  public KvMeter(MeterRegistry metrics) {
    this.metrics = metrics;
    Gauge.builder("forebay.kv.budget.remaining", remainingBudget::get)
        .description("Requests to KV that could be sent now without waiting")
        .register(metrics);
  }

  @Override
  public void onAttempt(Attempt attempt) {
    last.set(attempt);
    remainingBudget.set(attempt.remainingBudget());
    String operation = attempt.operation().replace(' ', '_');
    String ending = attempt.ending().name().toLowerCase(Locale.ROOT);
    Timer.builder("forebay.kv.requests")
        .description("Requests to KV, by how they ended")
        .tag("operation", operation)
        .tag("ending", ending)
        .register(metrics)
        .record(attempt.latency());
    Counter.builder("forebay.kv.pairs")
        .description("Pairs and keys in requests to KV: what Cloudflare bills")
        .tag("operation", operation)
        .tag("ending", ending)
        .register(metrics)
        .increment(attempt.pairs());
  }

  @Override
  public void onWait(Wait reason, Duration time) {
    Timer.builder("forebay.kv.waits")
        .description("Waiting before requests to KV")
        .tag("reason", reason.name().toLowerCase(Locale.ROOT))
        .register(metrics)
        .record(time);
  }

  /** How the last request ended, for people: {@code ok} or what went wrong. */
  String state() {
    String failure = failure();
    if (failure != null) {
      return failure;
    }
    return last.get() == null ? "no request yet" : "ok";
  }

  /** What went wrong with the last request; null if nothing did. */
  @Nullable String failure() {
    Attempt attempt = last.get();
    KvException failure = attempt == null ? null : attempt.failure();
    return failure == null ? null : String.valueOf(failure.getMessage());
  }
}
