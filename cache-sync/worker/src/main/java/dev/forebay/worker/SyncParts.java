package dev.forebay.worker;

import dev.forebay.kv.KvClient;
import dev.forebay.ledger.Ledger;
import dev.forebay.model.ReadModels;
import io.micrometer.core.instrument.MeterRegistry;
import javax.sql.DataSource;

/**
 * What a worker works with; all of it stays its opener's.
 *
 * @param dataSource a pool on the primary, with at least four connections
 * @param models compiled against that database
 * @param ledger of the same database
 * @param kv where documents go; asks the worker's lease before each attempt
 * @param metrics gets the worker's gauges and counters
 */
public record SyncParts(
    DataSource dataSource, ReadModels models, Ledger ledger, KvClient kv, MeterRegistry metrics) {

  /** The same with other models. */
  SyncParts with(ReadModels others) {
    return new SyncParts(dataSource, others, ledger, kv, metrics);
  }
}
