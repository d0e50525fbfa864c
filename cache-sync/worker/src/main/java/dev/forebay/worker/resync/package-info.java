/**
 * Marks every document of a model dirty, present and past: backfill, truncation and repair alike.
 *
 * <p>Entry types: {@link dev.forebay.worker.resync.Resyncs} and, for single documents and the wide
 * fan-outs that become such, {@link dev.forebay.worker.resync.FanOutJobs}, each run by one thread.
 * Requests are durable in the ledger; an interrupted resync starts again, and unchanged documents
 * cost no write.
 */
@NullMarked
package dev.forebay.worker.resync;

import org.jspecify.annotations.NullMarked;
