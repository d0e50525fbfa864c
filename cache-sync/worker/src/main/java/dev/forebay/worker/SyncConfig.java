package dev.forebay.worker;

import dev.forebay.worker.capture.CaptureConfig;
import dev.forebay.worker.history.HistoryConfig;
import dev.forebay.worker.verify.VerifyConfig;
import java.time.Duration;

/**
 * How the worker works.
 *
 * @param capture how the log is read
 * @param eventCapacity change events between capture and routing before the log is held back
 * @param dirtyCapacity dirty documents before routing and resyncs are held back
 * @param maxFanOut documents that one changed row may mark at once; where it touches more, they are
 *     spelled out in the ledger and built page by page
 * @param settlers batches that are built and published at the same time, at least 2: the second
 *     takes live changes alone, further ones help where whole batches wait
 * @param batch the most documents in one of them
 * @param keySpacing the least time between two writes of one key; at least KV's one second
 * @param longestRetry the longest wait before something that failed is tried again
 * @param intentHorizon how long after its start a bulk call may still be applied, all its attempts
 *     included
 * @param longestStep how long routing or settling may be busy with one step before the worker says
 *     that it hangs
 * @param writesPerDay pairs that may be written in a day (UTC); 0 for any number
 * @param resyncRate documents that resyncs may mark per second, all of them together; 0 for no
 *     limit
 * @param sweepGrace how long documents stay in KV whose model forebay.yaml declares no more
 * @param catalogInterval between two looks at the catalog for what has no change event
 * @param verify how KV is compared with PostgreSQL all the time
 * @param history how it is found out that KV belongs to another life of the database
 */
public record SyncConfig(
    CaptureConfig capture,
    int eventCapacity,
    int dirtyCapacity,
    int maxFanOut,
    int settlers,
    int batch,
    Duration keySpacing,
    Duration longestRetry,
    Duration intentHorizon,
    Duration longestStep,
    long writesPerDay,
    int resyncRate,
    Duration sweepGrace,
    Duration catalogInterval,
    VerifyConfig verify,
    HistoryConfig history) {

  /** Documents built and published together, where nothing else is said. */
  public static final int BATCH = 2_000;

  public SyncConfig {
    if (settlers < 2) {
      throw new IllegalArgumentException("at least 2 settlers are needed, not " + settlers);
    }
  }

  /** The defaults. */
  public static SyncConfig of(
      CaptureConfig capture, Duration intentHorizon, HistoryConfig history) {
    return new SyncConfig(
        capture,
        10_000,
        50_000,
        10_000,
        4,
        BATCH,
        Duration.ofSeconds(1),
        Duration.ofSeconds(15),
        intentHorizon,
        Duration.ofSeconds(60),
        0,
        0,
        Duration.ofHours(24),
        Duration.ofSeconds(10),
        VerifyConfig.OFF,
        history);
  }

  /** The same, but for the cap of a day's writes. */
  public SyncConfig withWritesPerDay(long writes) {
    return with(writes, resyncRate, verify);
  }

  /** The same, but for the pace of resyncs. */
  public SyncConfig withResyncRate(int documentsPerSecond) {
    return with(writesPerDay, documentsPerSecond, verify);
  }

  /** The same, but for the worker's own verification. */
  public SyncConfig withVerify(VerifyConfig own) {
    return with(writesPerDay, resyncRate, own);
  }

  private SyncConfig with(long writes, int documentsPerSecond, VerifyConfig own) {
    return new SyncConfig(
        capture,
        eventCapacity,
        dirtyCapacity,
        maxFanOut,
        settlers,
        batch,
        keySpacing,
        longestRetry,
        intentHorizon,
        longestStep,
        writes,
        documentsPerSecond,
        sweepGrace,
        catalogInterval,
        own,
        history);
  }
}
