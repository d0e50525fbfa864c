package dev.forebay.ops.faults.world;

import dev.forebay.kv.emulator.Fault;
import dev.forebay.kv.emulator.Faults;
import dev.forebay.kv.emulator.Operation;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** The ways in which KV fails, and the network before it. For one thread. */
public final class KvFaults {

  private final World world;
  private final Faults faults;
  private final Random random;

  /**
   * @param random chooses which calls; used by the emulator's threads, one at a time
   */
  public KvFaults(World world, Random random) {
    this.world = world;
    this.faults = world.kv().faults();
    this.random = random;
  }

  /** Everybody is locked out for a while, and told for how long. */
  public boolean throttled(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    return always(
        time,
        () ->
            Fault.throttled(
                Duration.ofSeconds(1 + Math.max(0, (end - System.nanoTime()) / 1_000_000_000))));
  }

  /** Errors of the API and of the gateway; some calls are applied all the same. */
  public boolean errors(Duration time) throws InterruptedException {
    int[] statuses = {500, 502, 503, 520};
    return sometimes(
        time,
        0.7,
        () ->
            random.nextInt(4) == 0
                ? Fault.html524(new Fault.Effect.Applied())
                : Fault.serverError(statuses[random.nextInt(statuses.length)]));
  }

  /** Some keys of each call are not stored. */
  public boolean partial(Duration time) throws InterruptedException {
    return sometimes(
        time,
        0.8,
        () -> {
          int salt = random.nextInt();
          return Fault.failKeys(key -> Math.floorMod(key.hashCode() ^ salt, 3) == 0);
        });
  }

  /** Calls are taken, and nobody is told. */
  public boolean timeOutAfterApply(Duration time) throws InterruptedException {
    return sometimes(time, 0.5, Fault::timeOutAfterApply);
  }

  /** Calls are taken when they have been given up, over whatever was written meanwhile. */
  public boolean lateApply(Duration time) throws InterruptedException {
    return sometimes(
        time,
        0.5,
        () ->
            Fault.lateApply(
                Duration.ofMillis(
                    1_000 + random.nextInt((int) World.LATE_WINDOW.toMillis() - 2_000))));
  }

  /** Answers end or stand still half-way. */
  public boolean brokenAnswer(Duration time) throws InterruptedException {
    return sometimes(
        time, 0.6, () -> random.nextBoolean() ? Fault.disconnectMidBody() : Fault.stalledBody());
  }

  /** The token is unknown for a while. */
  public boolean tokenRevoked(Duration time) throws InterruptedException {
    return always(time, Fault::tokenRevoked);
  }

  private boolean always(Duration time, Supplier<Fault> fault) throws InterruptedException {
    return during(time, 1, operation -> true, fault);
  }

  private boolean sometimes(Duration time, double share, Supplier<Fault> fault)
      throws InterruptedException {
    return during(
        time,
        share,
        operation -> operation == Operation.BULK_WRITE || operation == Operation.BULK_DELETE,
        fault);
  }

  private interface Which {
    boolean concerns(Operation operation);
  }

  private boolean during(Duration time, double share, Which which, Supplier<Fault> fault)
      throws InterruptedException {
    faults.decide(operation ->
        which.concerns(operation) && random.nextDouble() < share
            ? Optional.of(fault.get())
            : Optional.empty());
    Thread.sleep(time);
    faults.clear();
    return true;
  }

  /** A router restarts: connections are dead and nobody is told, new ones work. */
  public boolean forgetConnections() {
    world.kvNetwork().forgetConnections();
    return true;
  }

  /** The network is so for a while. */
  public boolean network(TcpProxy.Mode mode, Duration time) throws InterruptedException {
    world.kvNetwork().set(mode);
    Thread.sleep(time);
    world.kvNetwork().set(TcpProxy.Mode.OPEN);
    return true;
  }
}
