package dev.forebay.worker;

import dev.forebay.worker.resync.ResyncStatus;
import dev.forebay.worker.spend.SpendStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The worker at one moment, for operators.
 *
 * @param syncLag how far KV is behind the database
 * @param problems why the worker cannot do its job now; empty: it can
 * @param capturing whether an engine reads the log
 * @param slotConfirmed the position up to which everything is acknowledged; null if unknown
 * @param slotRetainedBytes of log that PostgreSQL keeps for the slot; -1 if unknown
 * @param transactionsInFlight transactions not acknowledged
 * @param dirtyDocuments documents that must be built again
 * @param deadLetters documents that cannot be published; -1 if unknown
 * @param resyncsDue models whose documents are being marked again, with the reason and how far
 * @param documents how many documents KV holds, by model; empty if unknown
 * @param spend what writing to KV costs; null if unknown
 * @param term of the lease
 */
public record SyncStatus(
    Duration syncLag,
    List<String> problems,
    boolean capturing,
    @Nullable String slotConfirmed,
    long slotRetainedBytes,
    int transactionsInFlight,
    int dirtyDocuments,
    long deadLetters,
    Map<String, ResyncStatus> resyncsDue,
    Map<String, Long> documents,
    @Nullable SpendStatus spend,
    long term) {}
