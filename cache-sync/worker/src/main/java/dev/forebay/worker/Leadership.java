package dev.forebay.worker;

import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.LedgerException.LeaseLost;
import dev.forebay.model.ReadModels;
import dev.forebay.worker.history.HistoryGuard;
import dev.forebay.worker.history.HistoryParts;
import dev.forebay.worker.lease.LeaderLease;
import io.micrometer.core.instrument.Gauge;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that keeps KV true whenever no other one does: it waits as a standby until the lease is
 * free, then leads, once, until it is closed or the lease is lost. A standby changes nothing,
 * neither in the ledger nor in KV. A leader whose database is no longer what its models were
 * compiled against ends its worker and goes on with another one, under the same lease. So does one
 * whose database is no longer the one that KV belongs to, as soon as {@link HistoryGuard} lets it.
 *
 * <p>Concurrency: one thread looks at the lease and renews it, and does little else; each
 * replacement of a worker has one, and the comparison with KV. Safe for any thread.
 */
public final class Leadership implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
  private static final Duration RECORD_LIMIT = Duration.ofSeconds(15);

  private final SyncConfig config;
  private volatile SyncParts parts;
  private final LeaderLease lease;
  private final Duration grace;
  private final CompletableFuture<Throwable> end = new CompletableFuture<>();
  private final AtomicBoolean standingDown = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final HistoryGuard history;
  private final Thread thread;
  private volatile @Nullable SyncWorker worker;
  private volatile @Nullable String failure;
  private boolean outdated;
  private boolean started;
  private boolean closing;
  private @Nullable Thread replacing;

  /**
   * Changes nothing until {@link #start}.
   *
   * @param lease not taken yet, of the ledger in {@code parts}
   * @param grace how long a leader that is closed goes on to settle what it has read
   */
  public Leadership(SyncConfig config, SyncParts parts, LeaderLease lease, Duration grace) {
    this.config = config;
    this.parts = parts;
    this.lease = lease;
    this.grace = grace;
    this.history =
        new HistoryGuard(
            config.history(),
            new HistoryParts(
                parts.ledger().history(),
                parts.kv(),
                config.capture().instance(),
                () -> this.parts.models()),
            lease,
            new HistoryOwner(),
            InstantSource.system());
    this.thread = Thread.ofPlatform().name("forebay-lease").unstarted(this::run);
    Gauge.builder("forebay.leader", () -> isLeading() ? 1 : 0)
        .description("1 if this process leads, 0 if it stands by")
        .register(parts.metrics());
    Gauge.builder("forebay.halted", () -> halted().isPresent() ? 1 : 0)
        .description("1 if nothing is written until a person decides whose documents KV holds")
        .register(parts.metrics());
    Gauge.builder("forebay.models.stopped", () -> stopped().size())
        .description("Models that do not fit the database and wait until they do")
        .register(parts.metrics());
  }

  /** Begins to stand by, and returns at once. */
  public void start() {
    thread.start();
  }

  /** Whether this process leads. */
  public boolean isLeading() {
    return lease.isHeld() && worker != null;
  }

  /**
   * Why a leader writes nothing until a person decides: KV does not belong to the database as it
   * is. Empty if that is not so, or this process does not lead.
   */
  public Optional<String> halted() {
    return lease.isHeld() ? history.halted() : Optional.empty();
  }

  /** The worker of a leader; empty in a standby, and while a leader may not write. */
  public Optional<SyncWorker> worker() {
    return Optional.ofNullable(worker);
  }

  /** Models that did not fit the database when that was last looked at, each with the reason. */
  public SortedMap<String, String> stopped() {
    return parts.models().stopped();
  }

  /**
   * Completes when this process can do nothing more: with {@link LeaseLost} if another one leads in
   * its place, or with what ended a stage. Close it and end the process.
   */
  public CompletableFuture<Throwable> end() {
    return end.copy();
  }

  /** Why this process cannot do its job now, be it to lead or to stand by; empty if it can. */
  public List<String> problems() {
    SyncWorker leading = worker;
    List<String> problems = leading == null ? new ArrayList<>() : leading.problems();
    if (end.getNow(null) instanceof LeaseLost && !problems.contains(WorkerHealth.LEASE_TAKEN)) {
      problems.add(WorkerHealth.LEASE_TAKEN);
    }
    if (lease.isHeld()) {
      history.problem().ifPresent(problems::add);
    }
    String lately = failure;
    if (lately != null) {
      problems.add(
          leading == null
              ? lately
              : "the lease was last renewed " + lease.age().toSeconds() + " s ago: " + lately);
    }
    return problems;
  }

  private void run() {
    try {
      Duration pause = Duration.ZERO;
      while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        pause = step();
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; if somebody does, the lease runs out.
      standDown(e);
    } catch (RuntimeException | Error e) {
      standDown(e);
    }
  }

  /** Returns when to look again. */
  private synchronized Duration step() {
    try {
      boolean held = lease.isHeld();
      if (held) {
        lease.renew();
      } else if (closing || standingDown.get()) {
        return lease.timing().lookEvery();
      } else {
        held = lease.tryTake();
      }
      if (held && !started) {
        history.start();
        if (history.isClear()) {
          lead();
        }
      }
      recovered();
      return held ? lease.timing().renewEvery() : lease.timing().lookEvery();
    } catch (LeaseLost e) {
      standDown(e);
    } catch (LedgerException e) {
      if (failure == null) {
        LOG.atWarn().setCause(e).log("Cannot look at the lease; trying again");
      }
      failure = String.valueOf(e.getMessage());
    }
    return lease.timing().lookEvery();
  }

  private void recovered() {
    if (failure != null) {
      LOG.atInfo().log("The lease can be looked at again");
      failure = null;
    }
  }

  private void lead() {
    SyncWorker leading = worker;
    if (leading == null || outdated) {
      LOG.atInfo()
          .addKeyValue("term", lease.term())
          .log(leading == null ? "This process leads now" : "The worker goes on with other models");
      leading = new SyncWorker(config, parts, lease);
      worker = leading;
      outdated = false;
    }
    leading.start();
    started = true;
    SyncWorker its = leading;
    CompletableFuture<Throwable> fatal = its.fatal();
    Thread.ofVirtual().name("forebay-end").start(() -> standDown(fatal.join()));
    CompletableFuture<ReadModels> others = its.outdated();
    Thread.ofVirtual().name("forebay-outdated").start(() -> replace(its, others.join()));
  }

  /** Told by the comparison with KV, on its thread, what a leader may do. */
  private final class HistoryOwner implements HistoryGuard.Owner {

    @Override
    public void cleared() {
      if (!isOver()) {
        step();
      }
    }

    @Override
    public void stop() throws InterruptedException {
      SyncWorker former;
      synchronized (Leadership.this) {
        former = worker;
      }
      if (former != null) {
        end(former);
      }
      synchronized (Leadership.this) {
        worker = null;
        started = false;
      }
    }

    /** Its calls may be in no book of the database that is there now. */
    private void end(SyncWorker former) throws InterruptedException {
      boolean over = false;
      while (!over) {
        try {
          over = former.retire() && former.recordSuspects() >= 0;
        } catch (LedgerException e) {
          LOG.atDebug().setCause(e).log("What is in flight is not recorded yet");
        }
        if (!over) {
          TimeUnit.NANOSECONDS.sleep(lease.timing().lookEvery().toNanos());
        }
      }
    }

    @Override
    public void ended(Throwable cause) {
      standDown(cause);
    }
  }

  /** Ends a worker and goes on with another one, under the same lease. */
  private synchronized void replace(SyncWorker former, ReadModels models) {
    if (!isOver()) {
      replacing = Thread.ofPlatform().name("forebay-replace").start(() -> goOnWith(former, models));
    }
  }

  private void goOnWith(SyncWorker former, ReadModels models) {
    // The ledger could not tell a call of the former worker from one of the new: same term.
    while (!former.retire()) {
      if (isOver()) {
        return;
      }
    }
    synchronized (this) {
      if (isOver()) {
        return;
      }
      parts = parts.with(models);
      outdated = true;
      started = false;
    }
    try {
      step();
    } catch (RuntimeException | Error e) {
      standDown(e);
    }
  }

  private synchronized boolean isOver() {
    return closing || standingDown.get();
  }

  /** Writes nothing more, says what may still land, and lets the process end. */
  private void standDown(Throwable cause) {
    if (!standingDown.compareAndSet(false, true)) {
      return;
    }
    if (cause instanceof LeaseLost lost) {
      lease.lose(lost);
      recordSuspects();
    }
    end.complete(cause);
  }

  private void recordSuspects() {
    SyncWorker former = worker;
    if (former == null) {
      return;
    }
    long deadline = System.nanoTime() + RECORD_LIMIT.toNanos();
    while (true) {
      try {
        int keys = former.recordSuspects();
        LOG.atWarn()
            .addKeyValue("keysInFlight", keys)
            .log("Another worker leads; what was in flight is recorded for it");
        return;
      } catch (LedgerException e) {
        if (System.nanoTime() > deadline || !pause(lease.timing().lookEvery())) {
          LOG.atError().setCause(e).log("What was in flight could not be recorded");
          return;
        }
      }
    }
  }

  private static boolean pause(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Settles and acknowledges what was read, within the grace period; gives the lease back; ends
   * everything. Renews the lease until then.
   */
  @Override
  public void close() {
    synchronized (this) {
      closing = true;
    }
    history.close();
    Thread busy = replacement();
    if (busy != null) {
      join(busy);
    }
    SyncWorker leading = worker;
    if (leading != null && lease.isHeld()) {
      leading.drain(standingDown.get() ? Duration.ZERO : grace);
    }
    closed.countDown();
    join(thread);
    try {
      lease.release();
    } catch (LedgerException e) {
      LOG.atInfo().setCause(e).log("The lease was not given back; a standby waits for its end");
    }
    if (leading != null) {
      leading.close();
    }
  }

  private synchronized @Nullable Thread replacement() {
    return replacing;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
