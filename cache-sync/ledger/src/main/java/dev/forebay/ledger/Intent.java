package dev.forebay.ledger;

import dev.forebay.model.DocumentKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key whose call had no definite answer: KV may hold its value, or may come to hold it.
 *
 * @param key the document
 * @param hash of the value to write; null to delete
 * @param deadline until when the call may be applied
 */
public record Intent(DocumentKey key, @Nullable String hash, Instant deadline) {}
