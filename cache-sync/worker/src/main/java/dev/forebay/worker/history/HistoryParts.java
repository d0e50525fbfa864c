package dev.forebay.worker.history;

import dev.forebay.kv.KvClient;
import dev.forebay.ledger.History;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModels;
import java.util.function.Supplier;

/**
 * What a history is compared with.
 *
 * @param ledger the history as PostgreSQL has it
 * @param kv the namespace of the documents
 * @param instance whose keys are looked at
 * @param models declared now
 */
public record HistoryParts(
    History ledger, KvClient kv, Instance instance, Supplier<ReadModels> models) {}
