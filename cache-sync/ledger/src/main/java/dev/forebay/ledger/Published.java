package dev.forebay.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger knows of one key.
 *
 * @param hash of the value that KV holds, or null if KV holds none
 * @param openUntil the deadline of an intent, or null: then the hash is certain, unless a call is
 *     under way
 */
public record Published(@Nullable String hash, @Nullable Instant openUntil) {

  /** What is known of a key the ledger has never seen. */
  public static final Published NOTHING = new Published(null, null);
}
