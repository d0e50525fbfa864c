package dev.forebay.kv;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What KV returned for a key.
 *
 * @param value the text stored
 * @param metadataJson JSON as the server wrote it, or null for none
 * @param expiration when it will be removed, or null for never (or where the server does not say)
 */
public record KvEntry(String value, @Nullable String metadataJson, @Nullable Instant expiration) {

  /** An entry that does not expire. */
  public KvEntry(String value, @Nullable String metadataJson) {
    this(value, metadataJson, null);
  }
}
