package dev.forebay.kv.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What the emulator keeps under a key.
 *
 * @param metadataJson as text, because a tree takes more memory than most values; null for none
 * @param expiration whole seconds, or null for never
 */
public record StoredValue(
    ByteString value, @Nullable String metadataJson, @Nullable Instant expiration) {

  boolean isExpired(Instant now) {
    return expiration != null && !expiration.isAfter(now);
  }

  /** The metadata; null for none. */
  public @Nullable JsonNode metadata() {
    return metadataJson == null ? null : Reads.parse(ByteString.encodeUtf8(metadataJson));
  }

  /** The value as text. */
  public String text() {
    return value.utf8();
  }
}
