package dev.forebay.api.settle;

import dev.forebay.api.settle.Holdings.Absent;
import dev.forebay.api.settle.Holdings.Certain;
import dev.forebay.api.token.Touched;
import dev.forebay.model.Snapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * What one request waits for. {@link #await} is for its thread, {@link #abandon} for any, the rest
 * for the thread that looks.
 */
final class Awaited {

  /** New documents are absent until they are published: not worth asking for in every round. */
  private static final int ROUNDS_BETWEEN = 10;

  private final long xid;

  /** The documents that KV may not have yet, with their models. */
  private final Map<String, String> left = new HashMap<>();

  /** Those that KV has had since the transaction ended. */
  private final Set<String> held = new HashSet<>();

  /** Those that have been asked for, because KV lacks them. */
  private final Set<String> asked = new HashSet<>();

  /** Those that did not exist in a snapshot that sees the transaction; how far the log was then. */
  private final Map<String, Long> gone = new HashMap<>();

  private final int size;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean applied;
  private int rounds;

  Awaited(Touched touched) {
    this.xid = touched.xid();
    touched.documents().forEach((model, keys) -> keys.forEach(key -> left.put(key, model)));
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
    return left.keySet();
  }

  /** Strikes out what KV has. */
  void learn(Certain now) {
    left.keySet().removeIf(key -> isDone(key, now));
    if (left.isEmpty()) {
      applied = true;
      over.countDown();
    }
  }

  /**
   * A document that exists is done when its version sees the transaction. Of one that does not, KV
   * may be about to get a version from before: until the worker has settled the log up to where it
   * was known to be gone, or has taken away one that KV had meanwhile, after which it builds anew.
   */
  private boolean isDone(String key, Certain now) {
    Optional<Snapshot> version = now.versions().get(key);
    if (version == null) {
      return false;
    }
    if (version.isPresent()) {
      held.add(key);
      return version.get().sees(xid);
    }
    Long at = gone.get(key);
    return at != null && (held.contains(key) || now.settled() >= at);
  }

  /** Hands over, with their models, those of which it should be asked whether they exist. */
  void ask(Certain now, BiConsumer<String, String> question) {
    boolean again = rounds++ % ROUNDS_BETWEEN == 0;
    left.forEach((key, model) -> {
      Optional<Snapshot> version = now.versions().get(key);
      boolean lacking = version != null && version.isEmpty() && !gone.containsKey(key);
      if (lacking && (again || !asked.contains(key))) {
        question.accept(key, model);
      }
    });
  }

  /**
   * Takes note of an answer.
   *
   * @param keys that were asked for, of whatever request
   */
  void learn(Collection<String> keys, Absent absent) {
    keys.stream().filter(left::containsKey).forEach(asked::add);
    if (absent.snapshot().sees(xid)) {
      for (String key : absent.kvKeys()) {
        if (left.containsKey(key)) {
          gone.putIfAbsent(key, absent.written());
        }
      }
    }
  }
}
