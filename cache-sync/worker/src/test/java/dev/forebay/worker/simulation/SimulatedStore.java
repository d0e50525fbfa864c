package dev.forebay.worker.simulation;

import dev.forebay.ledger.Call;
import dev.forebay.ledger.Intent;
import dev.forebay.ledger.Published;
import dev.forebay.ledger.Settled;
import dev.forebay.model.DocumentKey;
import dev.forebay.worker.publish.DocumentStore;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the ledger remembers, through any number of processes. */
final class SimulatedStore implements DocumentStore {

  private final World world;
  private final Map<String, String> hashes = new HashMap<>();
  private final Map<UUID, Call> calls = new LinkedHashMap<>();
  private final Map<String, Intent> intents = new TreeMap<>();

  SimulatedStore(World world) {
    this.world = world;
  }

  /** A process is gone: nobody will close its calls. */
  void inherit() {
    calls.values().forEach(this::inherit);
    calls.clear();
  }

  boolean hasCalls() {
    return !calls.isEmpty();
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
  public void open(Call call) {
    world.mayFail();
    if (!world.has(Bug.NO_INTENT)) {
      calls.put(call.id(), call);
    }
    world.mayFail();
  }

  @Override
  public void close(UUID id, Collection<Settled> settled, Map<String, Instant> unanswered) {
    world.mayFail();
    Call call = calls.remove(id);
    if (call == null && !world.has(Bug.NO_INTENT)) {
      throw new IllegalStateException("the call is not open");
    }
    store(settled);
    settled.forEach(one -> keep(call, one.key().kvKey(), one.openUntil()));
    unanswered.forEach((key, until) -> keep(call, key, until));
    world.mayFail();
  }

  private void keep(@Nullable Call call, String key, @Nullable Instant until) {
    intents.remove(key);
    if (call != null && until != null) {
      call.keys().stream()
          .filter(one -> one.key().kvKey().equals(key))
          .forEach(one -> intents.put(key, new Intent(one.key(), one.hash(), until)));
    }
  }

  @Override
  public void abandon(UUID id) {
    Call call = calls.remove(id);
    if (call != null && !world.has(Bug.FORGET_AN_ABANDONED_CALL)) {
      inherit(call);
    }
  }

  private void inherit(Call call) {
    for (Call.Intended one : call.keys()) {
      intents.merge(
          one.key().kvKey(),
          new Intent(one.key(), one.hash(), call.deadline()),
          (old, now) -> new Intent(now.key(), now.hash(), later(old.deadline(), now.deadline())));
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  @Override
  public void settle(Collection<Settled> settled) {
    world.mayFail();
    store(settled);
    world.mayFail();
  }

  private void store(Collection<Settled> settled) {
    for (Settled one : settled) {
      String key = one.key().kvKey();
      if (one.hash() == null) {
        hashes.remove(key);
      } else {
        hashes.put(key, one.hash());
      }
    }
  }

  @Override
  public void bury(DocumentKey key, String reason) {
    throw new IllegalStateException("nothing here is too large: " + key + ", " + reason);
  }
}
