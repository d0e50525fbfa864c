package dev.forebay.kv;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What to store under a key.
 *
 * @param key 1 to 512 bytes of UTF-8, not {@code .} or {@code ..}
 * @param value at most 25 MiB of UTF-8
 * @param metadataJson JSON of at most 1,024 bytes, or null for none
 * @param expirationTtl at least 60 s, or null to keep the pair for ever
 */
public record KvPair(
    String key, String value, @Nullable String metadataJson, @Nullable Duration expirationTtl) {}
