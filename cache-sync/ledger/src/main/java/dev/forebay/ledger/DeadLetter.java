package dev.forebay.ledger;

import dev.forebay.model.DocumentKey;
import java.time.Instant;

/**
 * A document that cannot be published.
 *
 * @param key the document
 * @param reason for people, without row values
 * @param attempts how often it failed for good
 * @param first when it failed first
 * @param last when it failed last
 * @param retrying whether somebody asked for another attempt that has not been made yet
 */
public record DeadLetter(
    DocumentKey key, String reason, int attempts, Instant first, Instant last, boolean retrying) {}
