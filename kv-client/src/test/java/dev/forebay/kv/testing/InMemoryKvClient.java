package dev.forebay.kv.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forebay.kv.BulkResult;
import dev.forebay.kv.KeyOrder;
import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvEntry;
import dev.forebay.kv.KvException;
import dev.forebay.kv.KvKey;
import dev.forebay.kv.KvLimits;
import dev.forebay.kv.KvPair;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A namespace in memory that fails when told to. Safe for any thread.
 *
 * <p>Faults are queued with {@link #next} and used up one per call, reads included. Consistent at
 * once, nothing expires: where that matters, use the emulator.
 */
public final class InMemoryKvClient implements KvClient {

  /** What is to happen to a call. */
  public sealed interface Fault {
    /** Nothing is applied and every key fails. Reads throw the cause. */
    record Fail(KvException cause) implements Fault {}

    /** The keys for which it says true fail and are not applied, the others are stored. */
    record FailKeys(Predicate<String> which, KvException cause) implements Fault {}

    /**
     * No key has a definite answer.
     *
     * @param applied when the call takes effect all the same
     * @param openUntil what the outcomes say
     */
    record Doubt(When applied, Instant openUntil) implements Fault {}

    /** Everything is stored, after an attempt that had no answer. */
    record StoredAfterDoubt(Instant openUntil) implements Fault {}
  }

  /** When an ambiguous call takes effect. */
  public enum When {
    NOW,
    NEVER,
    /** At {@link #applyLate()}, over whatever was written meanwhile. */
    LATE
  }

  /**
   * One change of one key.
   *
   * @param number from 1
   * @param pair null if it was deleted
   * @param late whether it took effect only at {@link #applyLate()}
   */
  public record Applied(long number, Instant at, String key, @Nullable KvPair pair, boolean late) {}

  private record Change(String key, @Nullable KvPair pair) {}

  private final InstantSource clock;
  private final TreeMap<String, KvPair> stored = new TreeMap<>(KeyOrder.UTF8);
  private final List<Applied> log = new ArrayList<>();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final List<Change> late = new ArrayList<>();
  private final Set<String> inFlight = new HashSet<>();
  private final List<String> overlaps = new ArrayList<>();
  private int calls;
  private boolean closed;
  private volatile Runnable beforeCall = () -> {};
  private volatile int readyRequests = Integer.MAX_VALUE;

  public InMemoryKvClient() {
    this(InstantSource.system());
  }

  public InMemoryKvClient(InstantSource clock) {
    this.clock = clock;
  }

  /** Lets the next calls meet a fault, after those that were queued before. */
  public synchronized void next(int calls, Fault fault) {
    faults.addAll(Collections.nCopies(calls, fault));
  }

  /** Forgets the faults that have not happened. */
  public synchronized void heal() {
    faults.clear();
  }

  /** Runs at the start of each call on the caller's thread, without a lock; it may block. */
  public void beforeEachCall(Runnable action) {
    beforeCall = action;
  }

  /** Lets the calls answered with {@link When#LATE} take effect now, in the order of the calls. */
  public synchronized void applyLate() {
    late.forEach(change -> apply(change, true));
    late.clear();
  }

  /** What is stored, in the order of listings; a copy. */
  public synchronized Map<String, KvPair> stored() {
    TreeMap<String, KvPair> copy = new TreeMap<>(stored.comparator());
    copy.putAll(stored);
    return copy;
  }

  /** Every change so far, in order; a copy. */
  public synchronized List<Applied> log() {
    return List.copyOf(log);
  }

  /** How many calls were made, whatever became of them. */
  public synchronized int calls() {
    return calls;
  }

  /** Keys that were written by two calls at the same time, which no caller may do. */
  public synchronized List<String> overlaps() {
    return List.copyOf(overlaps);
  }

  @Override
  public BulkResult bulkWrite(Collection<KvPair> pairs) {
    List<String> bad = new ArrayList<>();
    for (KvPair pair : pairs) {
      List<String> problems = KvLimits.problems(pair);
      if (!problems.isEmpty()) {
        bad.add(pair.key() + ": " + problems);
      }
    }
    if (!bad.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", bad));
    }
    return change(pairs.stream().map(pair -> new Change(pair.key(), pair)).toList());
  }

  @Override
  public void bulkWrite(Iterator<KvPair> pairs, BiConsumer<String, KeyOutcome> outcomes) {
    List<KvPair> all = new ArrayList<>();
    pairs.forEachRemaining(all::add);
    bulkWrite(all).outcomes().forEach(outcomes);
  }

  @Override
  public BulkResult bulkDelete(Collection<String> keys) {
    return change(keys.stream().map(key -> new Change(key, null)).toList());
  }

  @Override
  public KeyOutcome.Stored put(KvPair pair) {
    return single(bulkWrite(List.of(pair)).outcome(pair.key()));
  }

  @Override
  public KeyOutcome.Stored delete(String key) {
    return single(bulkDelete(List.of(key)).outcome(key));
  }

  private static KeyOutcome.Stored single(KeyOutcome outcome) {
    return switch (outcome) {
      case KeyOutcome.Stored done -> done;
      case KeyOutcome.Failed failed -> throw failed.cause();
      case KeyOutcome.Ambiguous ambiguous -> throw ambiguous.cause();
    };
  }

  private BulkResult change(List<Change> changes) {
    enter(changes);
    try {
      beforeCall.run();
      return settle(changes);
    } finally {
      leave(changes);
    }
  }

  private synchronized void enter(List<Change> changes) {
    Set<String> own = new HashSet<>();
    for (Change change : changes) {
      if (!own.add(change.key())) {
        throw new IllegalArgumentException("\"" + change.key() + "\": stands twice");
      }
      if (!inFlight.add(change.key())) {
        overlaps.add(change.key());
      }
    }
  }

  private synchronized void leave(List<Change> changes) {
    changes.forEach(change -> inFlight.remove(change.key()));
  }

  private synchronized BulkResult settle(List<Change> changes) {
    Map<String, KeyOutcome> outcomes = new HashMap<>();
    if (changes.isEmpty()) {
      return new BulkResult(outcomes);
    }
    @Nullable Fault fault = begin();
    for (Change change : changes) {
      outcomes.put(change.key(), settle(change, fault));
    }
    return new BulkResult(outcomes);
  }

  private KeyOutcome settle(Change change, @Nullable Fault fault) {
    return switch (fault) {
      case null -> stored(change, null);
      case Fault.StoredAfterDoubt doubt -> stored(change, doubt.openUntil());
      case Fault.Fail fail -> new KeyOutcome.Failed(fail.cause());
      case Fault.FailKeys fail ->
          fail.which().test(change.key())
              ? new KeyOutcome.Failed(fail.cause())
              : stored(change, null);
      case Fault.Doubt doubt -> doubtful(change, doubt);
    };
  }

  private KeyOutcome stored(Change change, @Nullable Instant openUntil) {
    apply(change, false);
    return new KeyOutcome.Stored(openUntil);
  }

  private KeyOutcome doubtful(Change change, Fault.Doubt doubt) {
    switch (doubt.applied()) {
      case NOW -> apply(change, false);
      case LATE -> late.add(change);
      case NEVER -> {}
    }
    Instant until = doubt.openUntil();
    return new KeyOutcome.Ambiguous(until, new KvException.Ambiguous("no answer", until, null));
  }

  private void apply(Change change, boolean isLate) {
    KvPair pair = change.pair();
    if (pair == null) {
      stored.remove(change.key());
    } else {
      stored.put(change.key(), pair);
    }
    log.add(new Applied(log.size() + 1L, clock.instant(), change.key(), pair, isLate));
  }

  private @Nullable Fault begin() {
    calls++;
    if (closed) {
      return new Fault.Fail(new KvException.Cancelled("the client is closed", null));
    }
    return faults.poll();
  }

  /** Reads share the queue of faults: all but {@link Fault.Fail} leave them alone. */
  private synchronized void beginRead() {
    if (begin() instanceof Fault.Fail fail) {
      throw fail.cause();
    }
  }

  @Override
  public Optional<KvEntry> get(String key) {
    return Optional.ofNullable(bulkGet(List.of(key)).get(key));
  }

  @Override
  public Optional<byte[]> getBytes(String key) {
    beforeCall.run();
    beginRead();
    KvPair pair = stored().get(key);
    return Optional.ofNullable(pair).map(InMemoryKvClient::bytes);
  }

  @Override
  public Map<String, KvEntry> bulkGet(Collection<String> keys) {
    beforeCall.run();
    beginRead();
    Map<String, KvPair> all = stored();
    Map<String, KvEntry> found = new HashMap<>();
    for (String key : keys) {
      KvPair pair = all.get(key);
      if (pair != null) {
        String text = new String(bytes(pair), UTF_8);
        found.put(key, new KvEntry(text, pair.metadataJson(), pair.expiration()));
      }
    }
    return found;
  }

  @Override
  public Stream<KvKey> keys(String prefix) {
    beforeCall.run();
    beginRead();
    return stored().values().stream()
        .filter(pair -> pair.key().startsWith(prefix))
        .map(pair -> new KvKey(pair.key(), pair.expiration(), pair.metadataJson()));
  }

  @Override
  public int readyRequests() {
    return readyRequests;
  }

  /** Says how many requests the budget allows from now on; at first there is no limit. */
  public void ready(int requests) {
    readyRequests = requests;
  }

  @Override
  public void check() {
    beforeCall.run();
    beginRead();
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  private static byte[] bytes(KvPair pair) {
    return pair.base64() ? Base64.getDecoder().decode(pair.value()) : pair.value().getBytes(UTF_8);
  }
}
