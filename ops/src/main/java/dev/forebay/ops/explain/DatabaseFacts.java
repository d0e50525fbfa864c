package dev.forebay.ops.explain;

import dev.forebay.model.DocumentDigest;
import dev.forebay.model.Snapshot;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL says of a document now.
 *
 * @param owner which root row owns the key or would, by the key's own values
 * @param unknown why the document cannot be said: its model has stopped, or is declared no more;
 *     null if it can
 * @param fault why PostgreSQL cannot build it; null if it can
 * @param json the document; null if there is none
 * @param digest of the document; null if there is none
 * @param snapshot in which it was built
 * @param time of the database then
 */
record DatabaseFacts(
    String owner,
    @Nullable String unknown,
    @Nullable String fault,
    @Nullable String json,
    @Nullable DocumentDigest digest,
    Snapshot snapshot,
    Instant time) {

  /** Whether it is known what KV must hold. */
  boolean isKnown() {
    return unknown == null && fault == null;
  }

  @Nullable String hash() {
    return digest == null ? null : digest.hash();
  }
}
