package dev.forebay.model;

import org.jspecify.annotations.Nullable;

/**
 * What one snapshot of the database says a key holds.
 *
 * @param key which document
 * @param json canonical JSON, equal bytes for equal states; null if no root row has this key, in
 *     which case the key must not exist in KV
 */
public record Document(DocumentKey key, @Nullable String json) {}
