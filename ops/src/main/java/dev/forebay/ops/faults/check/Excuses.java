package dev.forebay.ops.faults.check;

import java.time.Instant;

/** Which times certain checks must leave out, because the world itself was ambiguous then. */
public interface Excuses {

  /**
   * Whether two workers may have written in this time: one was started, killed or paused, so that
   * calls of two processes were under way together.
   */
  boolean twoWriters(Instant from, Instant to);

  /** Whether answers of KV may have been lost in this time, so that a call was rightly repeated. */
  boolean lostAnswers(Instant from, Instant to);
}
