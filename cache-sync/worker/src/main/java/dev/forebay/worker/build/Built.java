package dev.forebay.worker.build;

import dev.forebay.model.Snapshot;
import dev.forebay.worker.dirty.Claim;
import dev.forebay.worker.source.Content;
import java.time.Instant;

/**
 * A dirty document as its snapshot shows it.
 *
 * @param claim what was asked for
 * @param content what its key holds
 * @param snapshot the version
 * @param databaseTime when the snapshot was taken, by the database's clock
 */
public record Built(Claim claim, Content content, Snapshot snapshot, Instant databaseTime) {}
