package dev.forebay.ledger;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a key is known to hold in KV from now on.
 *
 * @param key the document
 * @param hash of the value, or null if the key does not exist
 * @param bytes of the value in UTF-8; 0 if there is none
 * @param snapshot the version: everything it sees is in the value
 * @param isNew whether the ledger had no document under this key when it was looked for
 * @param openUntil until when an earlier, unanswered call may still land; null closes the intent;
 *     only a call may leave one
 */
public record Settled(
    DocumentKey key,
    @Nullable String hash,
    int bytes,
    Snapshot snapshot,
    boolean isNew,
    @Nullable Instant openUntil) {

  /** One of which it is not known whether it is new. */
  public Settled(
      DocumentKey key,
      @Nullable String hash,
      int bytes,
      Snapshot snapshot,
      @Nullable Instant openUntil) {
    this(key, hash, bytes, snapshot, false, openUntil);
  }
}
