package dev.forebay.worker.build;

import dev.forebay.model.Snapshot;
import dev.forebay.worker.dirty.Claim;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dirty document as its snapshot shows it.
 *
 * @param claim what was asked for
 * @param json canonical JSON, or null if no root owns the key
 * @param fault why PostgreSQL cannot build it, without any value of a row; null if it did, and if
 *     not, {@code json} says nothing
 * @param snapshot the version
 * @param databaseTime when the snapshot was taken, by the database's clock
 */
public record Built(
    Claim claim,
    @Nullable String json,
    @Nullable String fault,
    Snapshot snapshot,
    Instant databaseTime) {}
