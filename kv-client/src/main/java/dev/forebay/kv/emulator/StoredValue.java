package dev.forebay.kv.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What the emulator keeps under a key.
 *
 * @param metadata null for none
 * @param expiration whole seconds, or null for never
 */
public record StoredValue(
    ByteString value, @Nullable JsonNode metadata, @Nullable Instant expiration) {

  boolean isExpired(Instant now) {
    return expiration != null && !expiration.isAfter(now);
  }

  /** The value as text. */
  public String text() {
    return value.utf8();
  }
}
