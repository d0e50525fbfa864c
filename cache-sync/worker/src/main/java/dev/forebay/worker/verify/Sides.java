package dev.forebay.worker.verify;

import dev.forebay.kv.KvClient;
import dev.forebay.ledger.Ledger;
import dev.forebay.model.ReadModels;
import javax.sql.DataSource;

/**
 * What is compared; all of it stays its opener's.
 *
 * @param dataSource the primary
 * @param models compiled against it
 * @param ledger of the same database, which stands between the two sides
 * @param kv where documents are
 * @param prefix of the instance's keys in KV
 */
public record Sides(
    DataSource dataSource, ReadModels models, Ledger ledger, KvClient kv, String prefix) {}
