package dev.forebay.worker.dirty;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where one dirty document is, for people.
 *
 * @param stage what it waits for
 * @param live whether a change of the log made it dirty, and not a request alone
 * @param attempts how often it was given back for a retry since it was last settled
 * @param due how long until it may be taken out; zero where it may be now, or is out
 * @param ahead documents that are taken out before it, about; 0 where it does not queue
 * @param since when it became dirty, or was settled last while changes it lacked had come
 * @param oldestCommit commit time of the oldest change that it lacks; null for requests alone
 * @param failure why it was given back last, without any value of a row; null if nothing failed
 */
public record DirtyState(
    Stage stage,
    boolean live,
    int attempts,
    Duration due,
    int ahead,
    Instant since,
    @Nullable Instant oldestCommit,
    @Nullable String failure) {

  /** What a dirty document waits for. */
  public enum Stage {
    /** For a settler; live changes go first. */
    WAITING,
    /** For the time between two writes of one key. */
    SPACED,
    /** For another attempt, after one that failed. */
    RETRYING,
    /** For nothing: it is being built or published. */
    CLAIMED
  }
}
