package dev.forebay.ledger;

import dev.forebay.model.DocumentKey;
import java.time.Instant;

/**
 * A key of which a worker that no longer leads had a call in flight.
 *
 * @param key the document
 * @param deadline until when that call may still be applied
 * @param over whether that time has passed, by the database's clock
 */
public record Suspect(DocumentKey key, Instant deadline, boolean over) {}
