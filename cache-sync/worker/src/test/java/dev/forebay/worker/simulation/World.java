package dev.forebay.worker.simulation;

import dev.forebay.kv.BulkResult;
import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvException;
import dev.forebay.kv.testing.InMemoryKvClient;
import dev.forebay.kv.testing.InMemoryKvClient.Fault;
import dev.forebay.kv.testing.InMemoryKvClient.When;
import dev.forebay.model.Snapshot;
import dev.forebay.worker.dirty.MutableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What is outside the worker: clock, database, store and KV, and the chance that something fails,
 * or that something else happens in between. Outlives the processes.
 */
final class World {

  /** How long after its start a call may still be applied. */
  static final Duration HORIZON = Duration.ofSeconds(3);

  /** The process ends here. No stage may catch it. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("killed", null, false, false);
    }
  }

  private final Random random;
  private final Bug bug;
  private final MutableClock clock = new MutableClock();
  private final SimulatedDatabase database;
  private final SimulatedStore store;
  private final InMemoryKvClient kv = new InMemoryKvClient(clock);
  private Runnable interruption = () -> {};
  private boolean quiet;
  private @Nullable Instant lateBy;

  World(long seed, Bug bug) {
    this.random = new Random(seed);
    this.bug = bug;
    this.database = new SimulatedDatabase(random);
    this.store = new SimulatedStore(this);
    kv.beforeEachCall(this::beforeCall);
  }

  SimulatedDatabase database() {
    return database;
  }

  SimulatedStore store() {
    return store;
  }

  InMemoryKvClient kv() {
    return kv;
  }

  MutableClock clock() {
    return clock;
  }

  Random random() {
    return random;
  }

  Instant now() {
    return clock.instant();
  }

  boolean has(Bug planted) {
    return bug == planted;
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /** What may happen between two calls to the outside. */
  void interruptedBy(Runnable action) {
    interruption = action;
  }

  /** From now on nothing fails and nothing comes in between. */
  void quieten() {
    quiet = true;
  }

  /** Something else may happen here, the end of the process included. */
  void meanwhile() {
    if (quiet) {
      return;
    }
    if (chance(1)) {
      throw new Crash();
    }
    if (chance(20)) {
      interruption.run();
    }
  }

  /** As {@link #meanwhile}, and the call itself may fail, before or after it took effect. */
  void mayFail() {
    meanwhile();
    if (!quiet && chance(2)) {
      throw new IllegalStateException("the store is away");
    }
  }

  /** Time passes; what a late call still does happens before it no longer can. */
  void pass(Duration time) {
    if (lateBy != null && !clock.instant().plus(time).isBefore(lateBy)) {
      kv.applyLate();
      lateBy = null;
    }
    clock.advance(time);
  }

  private void beforeCall() {
    // A client's time for a call, its waiting included, counts from when it is asked.
    Instant until = clock.instant().plus(HORIZON.minusMillis(151 + random.nextInt(850)));
    meanwhile();
    if (quiet || !chance(30) || !until.isAfter(clock.instant())) {
      return;
    }
    KvException down = new KvException.Unavailable("down", null);
    kv.next(
        1,
        switch (random.nextInt(6)) {
          case 0 -> new Fault.Fail(down);
          case 1 -> new Fault.FailKeys(key -> (key.hashCode() & 1) == 0, down);
          case 2 -> new Fault.StoredAfterDoubt(until);
          case 3 -> new Fault.Doubt(When.NOW, until);
          case 4 -> new Fault.Doubt(When.NEVER, until);
          default -> late(until);
        });
  }

  private Fault late(Instant until) {
    if (lateBy == null || until.isBefore(lateBy)) {
      lateBy = until;
    }
    return new Fault.Doubt(When.LATE, until);
  }

  /** KV as the worker is given it. */
  KvClient client() {
    return (KvClient)
        Proxy.newProxyInstance(
            World.class.getClassLoader(),
            new Class<?>[] {KvClient.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(kv, arguments);
                return result instanceof BulkResult bulk ? answered(bulk) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private BulkResult answered(BulkResult result) {
    if (!has(Bug.IGNORE_UNSUCCESSFUL_KEYS)) {
      return result;
    }
    Map<String, KeyOutcome> outcomes = new HashMap<>(result.outcomes());
    outcomes.replaceAll((key, outcome) ->
        outcome instanceof KeyOutcome.Failed ? new KeyOutcome.Stored(null) : outcome);
    return new BulkResult(outcomes);
  }

  /** The snapshot that routing is told, which a bug makes out to see everything. */
  Snapshot pretended(Snapshot real) {
    return has(Bug.ROUTE_BEFORE_VISIBLE)
        ? Snapshot.parse(real.xmax() + ":" + real.xmax() + ":")
        : real;
  }
}
