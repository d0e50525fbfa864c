package dev.forebay.kv.emulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * What a location has heard of a namespace's changes. For one thread.
 *
 * <p>It hears of each change twice: some time after it was made, at random, which may be after a
 * newer change of that key; and when the longest time is over, in the order of the changes. So in
 * the end it has the newest.
 */
final class Hearsay {

  /** One in so many is slow. */
  private static final int SLOW = 2;

  /** The others take this part of the longest time at most. */
  private static final int USUAL = 10;

  private record Word(Instant due, Applied change) {}

  private final EmulatedNamespace namespace;
  private final Duration longest;
  private final Random random;
  private final Map<String, StoredValue> values = new HashMap<>();
  private final PriorityQueue<Word> underWay =
      new PriorityQueue<>(
          Comparator.comparing(Word::due).thenComparingLong(word -> word.change().number()));
  private long told;

  Hearsay(EmulatedNamespace namespace, int location, EdgeConfig config) {
    this.namespace = namespace;
    this.longest = config.spread();
    this.random = new Random(config.seed() + location);
  }

  /** What it holds under a key, expired or not. */
  Optional<StoredValue> find(String key, Instant now) {
    if (longest.isZero()) {
      return namespace.find(key);
    }
    for (Applied change : namespace.logAfter(told)) {
      underWay.add(new Word(change.at().plusMillis(delay()), change));
      underWay.add(new Word(change.at().plus(longest), change));
      told = change.number();
    }
    while (!underWay.isEmpty() && !underWay.element().due().isAfter(now)) {
      hear(underWay.remove().change());
    }
    return Optional.ofNullable(values.get(key));
  }

  private long delay() {
    long most = longest.toMillis();
    return random.nextLong((random.nextInt(SLOW) == 0 ? most : most / USUAL) + 1);
  }

  private void hear(Applied change) {
    if (change.value() == null) {
      values.remove(change.key());
    } else {
      values.put(change.key(), change.value());
    }
  }
}
