package dev.forebay.kv;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What to store under a key. {@link KvLimits#problems(KvPair)} says whether it is within the
 * limits.
 *
 * @param key 1 to 512 bytes of UTF-8, not {@code .} or {@code ..}
 * @param value at most 25 MiB of UTF-8, or of bytes once decoded if {@code base64}
 * @param metadataJson JSON of at most 1,024 bytes, or null for none
 * @param expirationTtl at least 60 s, or null to keep the pair for ever; wins over {@code
 *     expiration}
 * @param expiration when to remove the pair, at least 60 s from now, or null for never
 * @param base64 whether {@code value} is Base64 for the bytes to store
 */
public record KvPair(
    String key,
    String value,
    @Nullable String metadataJson,
    @Nullable Duration expirationTtl,
    @Nullable Instant expiration,
    boolean base64) {

  /** Text with metadata and a time to live, each or both null for none. */
  public KvPair(
      String key, String value, @Nullable String metadataJson, @Nullable Duration expirationTtl) {
    this(key, value, metadataJson, expirationTtl, null, false);
  }

  /** Text alone, kept for ever. */
  public static KvPair of(String key, String value) {
    return new KvPair(key, value, null, null);
  }

  /** Bytes alone, kept for ever. */
  public static KvPair ofBytes(String key, byte[] value) {
    return new KvPair(key, Base64.getEncoder().encodeToString(value), null, null, null, true);
  }
}
