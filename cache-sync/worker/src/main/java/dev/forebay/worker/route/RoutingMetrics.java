package dev.forebay.worker.route;

import dev.forebay.model.Affected;
import dev.forebay.model.TableName;
import dev.forebay.worker.capture.ChangeEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts how far changes reach, by table: what {@code forebay check} can only estimate. */
public final class RoutingMetrics {

  private static final String CHANGES = "Changed rows that were routed";
  private static final String DOCUMENTS = "Documents that changed rows named";

  private final MeterRegistry registry;

  /**
   * @param registry where the counters are
   */
  public RoutingMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void count(List<ChangeEvent.Row> rows, List<Affected> affected) {
    Map<TableName, Integer> changes = new HashMap<>();
    rows.forEach(row -> changes.merge(row.change().table(), 1, Integer::sum));
    Map<TableName, Integer> documents = new HashMap<>();
    affected.forEach(
        one -> documents.merge(rows.get(one.change()).change().table(), 1, Integer::sum));
    changes.forEach((table, number) -> counter("changes", CHANGES, table).increment(number));
    documents.forEach((table, number) -> counter("documents", DOCUMENTS, table).increment(number));
  }

  /** One more row was routed; its documents are counted when they are named. */
  void changed(TableName table) {
    counter("changes", CHANGES, table).increment();
  }

  /** A row of a table named so many documents. */
  public void named(TableName table, long documents) {
    counter("documents", DOCUMENTS, table).increment((double) documents);
  }

  private Counter counter(String what, String description, TableName table) {
    return Counter.builder("forebay.routed." + what)
        .description(description)
        .tag("table", table.toString())
        .register(registry);
  }
}
