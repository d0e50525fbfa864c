package dev.forebay.api.settle;

import dev.forebay.api.settle.Holdings.Absent;
import dev.forebay.api.token.Touched;
import dev.forebay.model.Snapshot;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What one request waits for. {@link #await} is for its thread, {@link #abandon} for any, the rest
 * for the thread that looks.
 */
final class Awaited {

  /** New documents are absent until they are published: not worth asking for in every round. */
  private static final int ROUNDS_BETWEEN = 10;

  private final long xid;
  private final Set<String> left = new HashSet<>();

  /** Those that did not exist in a snapshot that sees the transaction. */
  private final Set<String> gone = new HashSet<>();

  private final int size;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean applied;
  private int rounds;

  Awaited(Touched touched) {
    this.xid = touched.xid();
    touched.documents().values().forEach(left::addAll);
    this.size = left.size();
  }

  /** How many documents it began with. */
  int size() {
    return size;
  }

  /** Blocks until KV has all, the time is up or it is abandoned; whether KV has all. */
  boolean await(Duration most) throws InterruptedException {
    over.await(most.toNanos(), TimeUnit.NANOSECONDS);
    return applied;
  }

  void abandon() {
    over.countDown();
  }

  /** The documents that KV may not have yet. */
  Set<String> left() {
    return left;
  }

  /** Those of them that KV lacks for certain, so that it must be asked whether they exist. */
  List<String> doubtful(Map<String, Optional<Snapshot>> certain) {
    if (rounds++ % ROUNDS_BETWEEN != 0) {
      return List.of();
    }
    return left.stream().filter(key -> isMissing(certain, key) && !gone.contains(key)).toList();
  }

  /** Strikes out what KV has. */
  void learn(Map<String, Optional<Snapshot>> certain, Absent absent) {
    if (absent.snapshot().sees(xid)) {
      gone.addAll(absent.kvKeys());
    }
    left.removeIf(
        key -> isPublished(certain, key) || (isMissing(certain, key) && gone.contains(key)));
    if (left.isEmpty()) {
      applied = true;
      over.countDown();
    }
  }

  private boolean isPublished(Map<String, Optional<Snapshot>> certain, String key) {
    Optional<Snapshot> version = certain.get(key);
    return version != null && version.isPresent() && version.get().sees(xid);
  }

  private static boolean isMissing(Map<String, Optional<Snapshot>> certain, String key) {
    Optional<Snapshot> version = certain.get(key);
    return version != null && version.isEmpty();
  }
}
