package dev.forebay.worker.simulation;

import dev.forebay.kv.testing.InMemoryKvClient.Applied;
import dev.forebay.ledger.Intent;
import dev.forebay.model.DocumentMetadata;
import dev.forebay.model.Snapshot;
import dev.forebay.worker.dirty.Lane;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Plays one seed: random turns, then quiet, then the question whether KV is what it should be. */
final class Simulation {

  private static final int TURNS = 150;
  private static final int DEEPEST = 2;
  private static final int MOST_QUIET_ROUNDS = 200;
  private static final Duration TICK = Duration.ofMillis(500);

  private static final List<Lane> LANES = List.of(Lane.values());

  private final World world;
  private final Random random;
  private SimulatedProcess process;
  private int depth;
  private int slot;

  private Simulation(long seed, Bug bug) {
    this.world = new World(seed, bug);
    this.random = world.random();
    this.process = new SimulatedProcess(world, slot);
    world.interruptedBy(this::nestedTurn);
  }

  /** Returns what is wrong at the end; null if nothing is. */
  static @Nullable String play(long seed, Bug bug) throws Exception {
    return new Simulation(seed, bug).play();
  }

  private @Nullable String play() throws Exception {
    for (int i = 0; i < TURNS; i++) {
      try {
        turn();
      } catch (World.Crash e) {
        restart();
      }
    }
    world.quieten();
    world.database().showAll();
    for (int round = 0; !isSettled(); round++) {
      if (round == MOST_QUIET_ROUNDS) {
        return "does not settle: " + process.describe();
      }
      process.deliver();
      process.route();
      process.settle(10, Lane.ALL);
      acknowledge();
      process.reassert();
      world.pass(TICK);
    }
    return verdict();
  }

  /** The new process knows what the store and the slot know, and nothing else. */
  private void restart() {
    depth = 0;
    process = new SimulatedProcess(world, slot);
    world.store().inherit();
    List<Intent> open =
        world.has(Bug.FORGET_OPEN_INTENTS_AT_START) ? List.of() : world.store().open();
    process.begin(open);
  }

  private void nestedTurn() {
    if (depth < DEEPEST) {
      turn();
    }
  }

  private void turn() {
    depth++;
    try {
      switch (random.nextInt(14)) {
        case 0, 1, 2 -> world.database().commit(world.now());
        case 3 -> world.database().show();
        case 4, 5 -> process.deliver();
        case 6, 7 -> process.route();
        case 8, 9, 10 ->
            process.settle(1 + random.nextInt(4), LANES.get(random.nextInt(LANES.size())));
        case 11 -> acknowledge();
        case 12 -> process.reassert();
        default -> world.pass(Duration.ofMillis(random.nextInt(1_500)));
      }
    } finally {
      depth--;
    }
  }

  private void acknowledge() {
    slot = Math.max(slot, process.acknowledgeable());
  }

  private boolean isSettled() {
    return slot == world.database().log().size()
        && process.isIdle()
        && !world.store().hasCalls()
        && (world.store().open().isEmpty() || world.has(Bug.NO_REASSERTION));
  }

  private @Nullable String verdict() {
    Map<String, String> expected = new TreeMap<>();
    world
        .database()
        .documents(world.database().snapshot())
        .forEach((slug, text) -> expected.put(SimulatedSource.key(slug).kvKey(), text));
    Map<String, String> stored = new TreeMap<>();
    world.kv().stored().forEach((key, pair) -> stored.put(key, pair.value()));
    if (!stored.equals(expected)) {
      return "KV holds " + stored + " and should hold " + expected;
    }
    if (!world.kv().overlaps().isEmpty()) {
      return "two calls at once for " + world.kv().overlaps();
    }
    return regression();
  }

  /** Apart from calls that land late, no key ever goes back to an older version. */
  private @Nullable String regression() {
    Map<String, Snapshot> newest = new HashMap<>();
    for (Applied applied : world.kv().log()) {
      if (applied.pair() != null && !applied.late()) {
        Snapshot version =
            DocumentMetadata.parse(Objects.requireNonNull(applied.pair().metadataJson()))
                .snapshot();
        Snapshot before = newest.put(applied.key(), version);
        if (before != null && (version.xmax() < before.xmax() || version.xmin() < before.xmin())) {
          return applied.key() + " went back from " + before + " to " + version;
        }
      }
    }
    return null;
  }
}
