package dev.forebay.worker;

import dev.forebay.worker.capture.CaptureConfig;
import java.time.Duration;

/**
 * How the worker works.
 *
 * @param capture how the log is read
 * @param holder what the lease shows: which process this is
 * @param eventCapacity change events between capture and routing before the log is held back
 * @param dirtyCapacity dirty documents before routing and resyncs are held back
 * @param batch documents built and published together
 * @param keySpacing the least time between two writes of one key; at least KV's one second
 * @param longestRetry the longest wait before something that failed is tried again
 * @param intentHorizon how long after its start a bulk call may still be applied, all its attempts
 *     included
 */
public record SyncConfig(
    CaptureConfig capture,
    String holder,
    int eventCapacity,
    int dirtyCapacity,
    int batch,
    Duration keySpacing,
    Duration longestRetry,
    Duration intentHorizon) {

  /** Documents built and published together, where nothing else is said. */
  public static final int BATCH = 500;

  /** The defaults. */
  public static SyncConfig of(CaptureConfig capture, String holder, Duration intentHorizon) {
    return new SyncConfig(
        capture,
        holder,
        10_000,
        50_000,
        BATCH,
        Duration.ofSeconds(1),
        Duration.ofSeconds(15),
        intentHorizon);
  }
}
