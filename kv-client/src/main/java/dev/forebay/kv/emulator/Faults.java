package dev.forebay.kv.emulator;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The faults that are to happen: queued ones, each used up by one request, and a rule for the
 * requests that meet none of those. Safe for any thread.
 */
public final class Faults {

  private final Map<Operation, Deque<Fault>> queues = new EnumMap<>(Operation.class);

  private @Nullable Function<Operation, Optional<Fault>> rule;

  Faults() {}

  /** Lets the next requests of this kind meet the fault, after those queued before. */
  public synchronized void next(int times, Operation operation, Fault fault) {
    queues
        .computeIfAbsent(operation, o -> new ArrayDeque<>())
        .addAll(Collections.nCopies(times, fault));
  }

  /**
   * Asks the rule about each request that no queued fault meets, until {@link #clear}.
   *
   * @param rule called by one thread at a time
   */
  public synchronized void decide(Function<Operation, Optional<Fault>> rule) {
    this.rule = rule;
  }

  /** Forgets all that has not happened, and the rule. */
  public synchronized void clear() {
    queues.clear();
    rule = null;
  }

  synchronized Optional<Fault> take(Operation operation) {
    Deque<Fault> queue = queues.get(operation);
    Fault queued = queue == null ? null : queue.poll();
    if (queued != null) {
      return Optional.of(queued);
    }
    return rule == null ? Optional.empty() : rule.apply(operation);
  }
}
