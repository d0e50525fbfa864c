package dev.forebay.kv;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Told what a client does, to count it. Called on the calling thread; must return at once and not
 * throw.
 */
public interface KvListener {

  /** Ignores everything. */
  KvListener NONE = new KvListener() {};

  /** An attempt has ended, one way or the other. */
  default void onAttempt(Attempt attempt) {}

  /** The caller is about to wait. */
  default void onWait(Wait reason, Duration time) {}

  /** Why a caller waits. */
  enum Wait {
    /** The request budget is used up, or the server locked the account out. */
    THROTTLED,
    /** Backoff before an attempt is repeated. */
    RETRY
  }

  /** How an attempt ended. */
  enum Ending {
    /** The server did what was asked, though perhaps not for every key. */
    ACCEPTED,
    /** The request was certainly not applied. */
    REFUSED,
    /** Nobody knows. */
    AMBIGUOUS
  }

  /**
   * One HTTP request.
   *
   * @param operation such as {@code bulk write}
   * @param number 1 for the first attempt, more for retries
   * @param pairs pairs or keys in the request
   * @param bytes length of the request's body, -1 if unknown
   * @param status HTTP status, 0 if no answer came
   * @param latency from handing the request over to the end of the answer
   * @param remainingBudget requests that could be sent now without waiting
   * @param failure what went wrong, or null
   */
  record Attempt(
      String operation,
      int number,
      int pairs,
      long bytes,
      int status,
      Duration latency,
      Ending ending,
      int remainingBudget,
      @Nullable KvException failure) {}
}
