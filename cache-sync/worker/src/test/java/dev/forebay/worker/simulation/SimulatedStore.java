package dev.forebay.worker.simulation;

import dev.forebay.ledger.Intent;
import dev.forebay.ledger.Published;
import dev.forebay.ledger.Settled;
import dev.forebay.model.DocumentKey;
import dev.forebay.worker.publish.DocumentStore;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the ledger remembers, through any number of processes. */
final class SimulatedStore implements DocumentStore {

  private final World world;
  private final Map<String, String> hashes = new HashMap<>();
  private final Map<String, Intent> intents = new TreeMap<>();

  SimulatedStore(World world) {
    this.world = world;
  }

  /** The intents that are open: what a new process asserts first. */
  List<Intent> open() {
    return List.copyOf(intents.values());
  }

  @Override
  public void hold(Collection<DocumentKey> keys) {
    throw new UnsupportedOperationException("nothing is capped here");
  }

  @Override
  public Map<String, Published> find(Collection<String> kvKeys) {
    world.mayFail();
    Map<String, Published> found = new HashMap<>();
    for (String key : kvKeys) {
      Intent intent = intents.get(key);
      if (hashes.containsKey(key) || intent != null) {
        @Nullable Instant until = intent == null ? null : intent.deadline();
        found.put(
            key,
            world.has(Bug.TRUST_AN_OPEN_INTENT) && intent != null
                ? new Published(intent.hash(), null)
                : new Published(hashes.get(key), until));
      }
    }
    world.mayFail();
    return found;
  }

  @Override
  public void open(Collection<Intent> opened) {
    world.mayFail();
    for (Intent intent : opened) {
      if (!world.has(Bug.NO_INTENT)) {
        intents.merge(
            intent.key().kvKey(),
            intent,
            (old, now) -> new Intent(now.key(), now.hash(), later(old.deadline(), now.deadline())));
      }
    }
    world.mayFail();
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  @Override
  public void settle(Collection<Settled> settled) {
    world.mayFail();
    for (Settled one : settled) {
      String key = one.key().kvKey();
      if (one.hash() == null) {
        hashes.remove(key);
      } else {
        hashes.put(key, one.hash());
      }
      closeOrExtend(key, one.openUntil());
    }
    world.mayFail();
  }

  @Override
  public void leaveOpen(Map<String, Instant> openUntil) {
    world.mayFail();
    openUntil.forEach(this::closeOrExtend);
    world.mayFail();
  }

  private void closeOrExtend(String key, @Nullable Instant until) {
    if (until == null) {
      intents.remove(key);
    } else {
      intents.computeIfPresent(
          key, (same, intent) -> new Intent(intent.key(), intent.hash(), until));
    }
  }

  @Override
  public void bury(DocumentKey key, String reason) {
    throw new IllegalStateException("nothing here is too large: " + key + ", " + reason);
  }
}
