package dev.forebay.ops.faults.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was found to be broken. Safe for any thread. */
public final class Violations {

  /** The promises that are looked at. */
  public enum Promise {
    /** Every document equals what SQL says; none is missing. */
    LOST("documents equal SQL, none is missing"),
    /** No key is in KV that no row owns. */
    EXTRA("no extra key"),
    /** A key's snapshot never goes back. */
    REGRESSED("versions never go back"),
    /** What was applied late is put right in time. */
    REPAIRED("late applies are repaired in time"),
    /** No value was applied that no committed state had. */
    PHANTOM("no value that was never committed"),
    /** The slot is not past a change that KV does not hold. */
    ACKNOWLEDGED("nothing acknowledged before it is stored"),
    /** Everything flows again by itself, in time. */
    RECOVERED("recovery without a human"),
    /** One write per key and second, and the requests that were granted. */
    PACED("writes within budget, 1/s per key"),
    /** Reported lag is not below the true one, and falls again. */
    LAG("sync_lag tells of every outage");

    private final String text;

    Promise(String text) {
      this.text = text;
    }

    /** For people. */
    public String text() {
      return text;
    }
  }

  /** How many are kept with their words. */
  private static final int KEPT = 20;

  private final Map<Promise, Integer> counts = new EnumMap<>(Promise.class);
  private final List<String> texts = new ArrayList<>();

  /** Notes that a promise was broken. */
  public synchronized void add(Promise promise, String what) {
    counts.merge(promise, 1, Integer::sum);
    if (texts.size() < KEPT) {
      texts.add(promise.name().toLowerCase(Locale.ROOT) + ": " + what);
    }
  }

  /** How often a promise was broken. */
  public synchronized int count(Promise promise) {
    return counts.getOrDefault(promise, 0);
  }

  /** What happened, the first ones in order. */
  public synchronized List<String> texts() {
    return List.copyOf(texts);
  }

  /** Whether all promises held. */
  public synchronized boolean none() {
    return counts.isEmpty();
  }
}
