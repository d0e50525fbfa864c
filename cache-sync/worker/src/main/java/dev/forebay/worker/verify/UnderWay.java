package dev.forebay.worker.verify;

/**
 * A backfill or resync during a verification: what it has not reached was not judged.
 *
 * @param model whose
 * @param reason why it was asked for
 * @param settled documents so far
 * @param total about how many there are; -1 if it had not begun
 */
public record UnderWay(String model, String reason, long settled, long total) {}
