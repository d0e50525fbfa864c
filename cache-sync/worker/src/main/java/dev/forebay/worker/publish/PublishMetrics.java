package dev.forebay.worker.publish;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * What publishing has done, for operators: each is a count of documents since the process began.
 *
 * @param written pairs that KV accepted; each is billed
 * @param deleted keys that KV accepted to delete; each is billed
 * @param unchanged documents that KV held already; free
 * @param failed keys that KV did not accept
 * @param ambiguous keys whose call had no definite answer
 * @param dead documents that cannot be published
 */
public record PublishMetrics(
    Counter written,
    Counter deleted,
    Counter unchanged,
    Counter failed,
    Counter ambiguous,
    Counter dead) {

  /** Registers the counters. */
  public static PublishMetrics in(MeterRegistry registry) {
    return new PublishMetrics(
        counter(registry, "written", "Documents written to KV"),
        counter(registry, "deleted", "Documents deleted from KV"),
        counter(registry, "unchanged", "Documents that KV held already"),
        counter(registry, "failed", "Documents that KV did not accept; they are tried again"),
        counter(registry, "ambiguous", "Documents whose call to KV had no definite answer"),
        counter(registry, "dead", "Documents that cannot be published"));
  }

  private static Counter counter(MeterRegistry registry, String outcome, String description) {
    return Counter.builder("forebay.documents." + outcome)
        .description(description)
        .register(registry);
  }
}
