package dev.forebay.kv.pace;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers when keys were last written, for as long as that forbids the next write. Safe for any
 * thread.
 */
public final class KeyFloor {

  private final Duration floor;
  private final Map<String, Instant> written = new LinkedHashMap<>();

  /**
   * @param floor least time between two writes of one key
   */
  public KeyFloor(Duration floor) {
    this.floor = floor;
  }

  /** The keys were written or deleted just now. */
  public synchronized void wrote(Collection<String> keys, Instant at) {
    forget(at);
    if (floor.isPositive()) {
      for (String key : keys) {
        written.remove(key);
        written.put(key, at);
      }
    }
  }

  /** When the key may be written next: {@code now}, or later. */
  public synchronized Instant earliest(String key, Instant now) {
    Instant last = written.get(key);
    Instant next = last == null ? now : last.plus(floor);
    return next.isAfter(now) ? next : now;
  }

  /** The oldest come first, because each write moves its key to the end. */
  private void forget(Instant now) {
    Iterator<Instant> times = written.values().iterator();
    while (times.hasNext() && !times.next().plus(floor).isAfter(now)) {
      times.remove();
    }
  }
}
