package dev.forebay.api.touch;

import java.time.Duration;

/** What all looks of one write may take together. Belongs to one attempt, and to its thread. */
final class LookTime {

  private final long most;
  private long spent;

  LookTime(Duration most) {
    this.most = most.toNanos();
  }

  /** Whole milliseconds; none are left after the time is over. */
  long leftMillis() {
    return Math.max(0, Duration.ofNanos(most - spent).toMillis());
  }

  /**
   * Counts a look.
   *
   * @param began as {@link System#nanoTime} said
   */
  void spend(long began) {
    spent += System.nanoTime() - began;
  }
}
