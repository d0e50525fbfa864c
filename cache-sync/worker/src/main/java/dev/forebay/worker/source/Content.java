package dev.forebay.worker.source;

import dev.forebay.model.DocumentKey;
import org.jspecify.annotations.Nullable;

/**
 * What a key holds in one snapshot.
 *
 * @param json canonical JSON; null if no root owns the key, or the document has a fault
 * @param fault why PostgreSQL cannot build it, without any value of a row; null if it can
 */
public record Content(DocumentKey key, @Nullable String json, @Nullable String fault) {}
