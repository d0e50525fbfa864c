package dev.forebay.kv;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as a listing shows it.
 *
 * @param name the key
 * @param expiration when it will be removed, or null for never
 * @param metadataJson JSON, or null for none
 */
public record KvKey(String name, @Nullable Instant expiration, @Nullable String metadataJson) {}
