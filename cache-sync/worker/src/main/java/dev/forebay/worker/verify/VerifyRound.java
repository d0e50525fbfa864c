package dev.forebay.worker.verify;

import java.time.Duration;
import java.time.Instant;

/**
 * A round of verification that is over.
 *
 * @param end when it was
 * @param took how long it took
 * @param documents that were built again and compared
 * @param wrong keys that were wrong in KV
 * @param repaired those of them that are written again
 */
public record VerifyRound(Instant end, Duration took, long documents, long wrong, long repaired) {}
