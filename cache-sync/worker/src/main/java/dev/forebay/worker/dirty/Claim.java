package dev.forebay.worker.dirty;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A dirty document taken out to be settled. Give it back to {@link DirtyDocuments} exactly once.
 *
 * @param key which document
 * @param causes why, at the time of the claim
 * @param attempts how often it was given back for a retry since it was last settled
 */
public record Claim(DocumentKey key, List<Cause> causes, int attempts) {

  /** Whether a build in this snapshot contains everything that dirtied the document. */
  public boolean isCoveredBy(Snapshot snapshot) {
    return causes.stream().allMatch(cause -> !cause.isTransaction() || snapshot.sees(cause.xid()));
  }

  /** When the newest of its transactions was committed; empty if requests alone made it dirty. */
  public Optional<Instant> newestCommit() {
    return causes.stream().map(Cause::committed).filter(Objects::nonNull).max(Instant::compareTo);
  }
}
