package dev.forebay.api.origin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** Counts origin reads and what they ask of the database. Safe for any thread. */
final class OriginMetrics {

  private final MeterRegistry registry;
  private final Map<OriginOutcome, Counter> reads = new EnumMap<>(OriginOutcome.class);
  private final Counter queries;

  OriginMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (OriginOutcome outcome : OriginOutcome.values()) {
      reads.put(
          outcome,
          Counter.builder("forebay.origin.reads")
              .description("Origin reads, by how they ended")
              .tag("outcome", outcome.label())
              .register(registry));
    }
    this.queries =
        Counter.builder("forebay.origin.queries")
            .description("Snapshots of the database in which origin reads built a document")
            .register(registry);
  }

  /** Shows how much memory the cache takes. */
  void watch(Entries entries) {
    Gauge.builder("forebay.origin.cache", entries, Entries::bytes)
        .baseUnit("bytes")
        .description("Memory that the documents of origin reads take, by their weight")
        .register(registry);
  }

  /** Counts a read that has ended. */
  void count(OriginOutcome outcome) {
    Counter counter = reads.get(outcome);
    if (counter != null) {
      counter.increment();
    }
  }

  /** Counts a snapshot that is about to be asked for. */
  void countQuery() {
    queries.increment();
  }
}
