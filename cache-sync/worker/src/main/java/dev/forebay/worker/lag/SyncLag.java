package dev.forebay.worker.lag;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How far KV is behind the database.
 *
 * <p>The age of the oldest change that is not settled. Where there is none, the age of the last
 * heartbeat that came through the log once it is older than three intervals: silence is not health.
 * Safe for any thread.
 */
public final class SyncLag {

  private static final int SILENT_INTERVALS = 3;

  private final InstantSource databaseClock;
  private final Duration heartbeatInterval;
  private final Supplier<Optional<Instant>> oldestUnsettled;
  private volatile Instant lastHeartbeat;

  /**
   * @param databaseClock the clock that stamps commits
   * @param heartbeatInterval how often a heartbeat is written
   * @param oldestUnsettled commit time of the oldest change not settled
   * @param settledThrough up to when changes are known to be settled from before this process
   */
  public SyncLag(
      InstantSource databaseClock,
      Duration heartbeatInterval,
      Supplier<Optional<Instant>> oldestUnsettled,
      Instant settledThrough) {
    this.databaseClock = databaseClock;
    this.heartbeatInterval = heartbeatInterval;
    this.oldestUnsettled = oldestUnsettled;
    this.lastHeartbeat = settledThrough;
  }

  /** A heartbeat came through the log. */
  public void heartbeat(Instant committed) {
    if (committed.isAfter(lastHeartbeat)) {
      lastHeartbeat = committed;
    }
  }

  /**
   * What came through the log since this commit will come again: nothing later counts as seen.
   * Called between two attempts, when no heartbeat can come.
   */
  public void rewind(Instant committed) {
    if (committed.isBefore(lastHeartbeat)) {
      lastHeartbeat = committed;
    }
  }

  /** Whether a heartbeat has come through lately: the log is being read to its end. */
  public boolean isCaughtUp() {
    return !isSilent(databaseClock.instant());
  }

  private boolean isSilent(Instant now) {
    Duration silence = Duration.between(lastHeartbeat, now);
    return silence.compareTo(heartbeatInterval.multipliedBy(SILENT_INTERVALS)) > 0;
  }

  /** The lag now; never negative. */
  public Duration current() {
    Instant now = databaseClock.instant();
    Duration lag =
        oldestUnsettled
            .get()
            .map(oldest -> Duration.between(oldest, now))
            .orElseGet(() -> isSilent(now) ? Duration.between(lastHeartbeat, now) : Duration.ZERO);
    return lag.isNegative() ? Duration.ZERO : lag;
  }
}
