package dev.forebay.ledger;

import dev.forebay.model.DocumentKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One call to KV that is about to be made.
 *
 * @param id random, so that no two workers, nor two lives of one, have the same
 * @param keys what it does; each key once
 * @param deadline until when it may be applied
 */
public record Call(UUID id, List<Intended> keys, Instant deadline) {

  /**
   * What a call does to a key.
   *
   * @param key the document
   * @param hash of the value to write; null to delete
   */
  public record Intended(DocumentKey key, @Nullable String hash) {}
}
