package dev.forebay.kv.emulator;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The faults that are to happen, each used up by one request. Safe for any thread. */
public final class Faults {

  private final Map<Operation, Deque<Fault>> queues = new EnumMap<>(Operation.class);

  Faults() {}

  /** Lets the next requests of this kind meet the fault, after those queued before. */
  public synchronized void next(int times, Operation operation, Fault fault) {
    queues
        .computeIfAbsent(operation, o -> new ArrayDeque<>())
        .addAll(Collections.nCopies(times, fault));
  }

  /** Forgets all that has not happened. */
  public synchronized void clear() {
    queues.clear();
  }

  synchronized Optional<Fault> take(Operation operation) {
    Deque<Fault> queue = queues.get(operation);
    return Optional.ofNullable(queue == null ? null : queue.poll());
  }
}
