package dev.forebay.worker.capture;

import dev.forebay.model.Instance;
import java.time.Duration;

/**
 * How the log is read.
 *
 * @param instance fixes the names of slot and publication
 * @param database where the log is
 * @param heartbeatInterval how often a heartbeat is written into the log
 * @param pollInterval how often an idle engine looks, which a change waits for: Debezium spins
 *     through its last millisecond, so 10 ms cost about an eighth of a core and 20 ms a sixteenth
 * @param silenceLimit an engine that has handed over nothing for so long is replaced
 */
public record CaptureConfig(
    Instance instance,
    DatabaseAddress database,
    Duration heartbeatInterval,
    Duration pollInterval,
    Duration silenceLimit) {

  /** The defaults for a database. */
  public static CaptureConfig of(Instance instance, DatabaseAddress database) {
    return new CaptureConfig(
        instance, database, Duration.ofSeconds(1), Duration.ofMillis(20), Duration.ofSeconds(60));
  }
}
