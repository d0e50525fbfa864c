package dev.forebay.kv;

import org.jspecify.annotations.Nullable;

/**
 * What KV returned for a key.
 *
 * @param value the text stored
 * @param metadataJson JSON as the server wrote it, or null for none
 */
public record KvEntry(String value, @Nullable String metadataJson) {}
