package dev.forebay.api.origin;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one of many through in ten seconds: a line for a storm, not for each drop. */
final class Seldom {

  private static final long BETWEEN_NANOS = Duration.ofSeconds(10).toNanos();

  private final AtomicLong lastAt = new AtomicLong(System.nanoTime() - BETWEEN_NANOS);

  boolean isDue() {
    long now = System.nanoTime();
    long last = lastAt.get();
    return now - last >= BETWEEN_NANOS && lastAt.compareAndSet(last, now);
  }
}
