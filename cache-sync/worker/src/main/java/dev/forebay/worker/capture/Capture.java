package dev.forebay.worker.capture;

import dev.forebay.ledger.LedgerException;
import dev.forebay.worker.acknowledge.InFlightTransactions;
import dev.forebay.worker.dirty.RetryDelay;
import dev.forebay.worker.lag.DatabaseClock;
import dev.forebay.worker.lag.SyncLag;
import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.debezium.engine.spi.OffsetCommitPolicy;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an engine running: prepares the slot, starts an engine with an empty offset store, watches
 * both, and begins again when either fails.
 *
 * <p>An engine is never restarted, and never asked to retry: each attempt is a new one that begins
 * where the slot was last confirmed. What it delivers again is harmless.
 */
public final class Capture implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Capture.class);
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);
  private static final Duration HEALTHY_AFTER = Duration.ofSeconds(30);
  private static final int MAX_IN_FLIGHT = 100_000;

  private final CaptureConfig config;
  private final ReplicationSetup setup;
  private final Outlet outlet;
  private final SyncLag lag;
  private final DatabaseClock databaseClock;
  private final RetryDelay delay;
  private final Thread supervisor;
  private volatile InFlightTransactions<RecordChangeEvent<SourceRecord>> inFlight =
      new InFlightTransactions<>();
  private volatile ReplicationSlot.@Nullable State slotState;
  private volatile boolean running;
  private volatile @Nullable String failure;
  private volatile boolean draining;
  private volatile boolean closed;

  /**
   * @param lag is told of heartbeats
   * @param databaseClock is told the database's time
   */
  public Capture(
      CaptureConfig config,
      ReplicationSetup setup,
      Outlet outlet,
      SyncLag lag,
      DatabaseClock databaseClock,
      RetryDelay delay) {
    this.config = config;
    this.setup = setup;
    this.outlet = outlet;
    this.lag = lag;
    this.databaseClock = databaseClock;
    this.delay = delay;
    this.supervisor = Thread.ofPlatform().name("forebay-capture").unstarted(this::supervise);
  }

  /** Starts reading; returns at once. */
  public void start() {
    supervisor.start();
  }

  /** Whether an engine is reading the log. */
  public boolean isRunning() {
    return running;
  }

  /** Why the last engine ended, or could not start; null if none has. */
  public @Nullable String failure() {
    return failure;
  }

  /** What PostgreSQL last said about the slot; null before it was asked. */
  public ReplicationSlot.@Nullable State slotState() {
    return slotState;
  }

  /** The commit time of the oldest transaction of this attempt that is not settled. */
  public Optional<Instant> oldestUnsettled() {
    return inFlight.oldestUnsettled();
  }

  /** How many transactions are not acknowledged. */
  public int transactionsInFlight() {
    return inFlight.size();
  }

  private void supervise() {
    int failures = 0;
    while (!closed && !draining) {
      long began = System.nanoTime();
      try {
        setup.prepare();
        Attempt attempt = new Attempt(setup::requestAll);
        setup.mark(attempt.marker());
        run(attempt);
      } catch (InterruptedException e) {
        // Only close() interrupts, and it has set the flag that ends the loop.
        LOG.atDebug().log("Capture interrupted");
      } catch (LedgerException.LeaseLost e) {
        failure = "another worker reads it";
        return;
      } catch (SQLException | RuntimeException e) {
        failure = String.valueOf(e.getMessage());
        LOG.atWarn().setCause(e).addKeyValue("database", config.database()).log("Capture failed");
      }
      running = false;
      failures =
          System.nanoTime() - began > HEALTHY_AFTER.toNanos() ? 1 : Math.min(failures + 1, 100);
      pause(delay.after(failures));
    }
  }

  private void pause(Duration duration) {
    if (!closed && !draining) {
      try {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
      } catch (InterruptedException e) {
        LOG.atDebug().log("Capture interrupted");
      }
    }
  }

  /** Runs one engine until it ends, or until it must be ended. */
  private void run(Attempt attempt) throws InterruptedException {
    // Without this, what the attempt before had not settled would be out of sight until it is
    // delivered again, and lag would fall although nothing is done.
    inFlight.oldestUnsettled().ifPresent(lag::rewind);
    inFlight = new InFlightTransactions<>();
    outlet.restarted().run();
    LogHandler handler =
        new LogHandler(inFlight, MAX_IN_FLIGHT, outlet, lag, attempt, () -> draining);
    CompletableFuture<String> ended = new CompletableFuture<>();
    DebeziumEngine<RecordChangeEvent<SourceRecord>> engine =
        DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
            .using(EngineProperties.of(config, attempt.nonce()))
            .using(OffsetCommitPolicy.always())
            .using((success, message, error) -> {
              if (error != null) {
                LOG.atWarn().setCause(error).log("The engine failed");
              }
              ended.complete(message == null ? "no reason given" : message);
            })
            .notifying(handler)
            .build();
    RunningEngine started = RunningEngine.start(engine);
    running = true;
    try {
      watch(handler, ended);
    } finally {
      running = false;
      started.close();
    }
  }

  /** Returns when the attempt is over. */
  private void watch(LogHandler handler, CompletableFuture<String> ended)
      throws InterruptedException {
    while (!closed) {
      try {
        String reason = ended.get(WATCH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        failure = reason;
        LOG.atWarn().addKeyValue("reason", reason).log("The engine ended; starting another");
        return;
      } catch (TimeoutException e) {
        if (!isSlotUsable() || isSilent(handler)) {
          return;
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private boolean isSlotUsable() {
    try {
      ReplicationSlot.State state = setup.slot().state().orElse(null);
      slotState = state;
      if (state == null || state.lost()) {
        failure = "the replication slot is gone";
        LOG.atWarn().log("The replication slot is gone; ending the engine");
        return false;
      }
      if (state.unfinished()) {
        // Debezium found none and makes its own while a transaction of its own is open, for which
        // the making waits: it would wait for itself for ever.
        LOG.atWarn().log("The engine makes a replication slot of its own; ending it");
        setup.slot().endCreation();
        return false;
      }
      databaseClock.sample(state.databaseTime());
    } catch (SQLException e) {
      // The engine has a connection of its own and will say so if the database is really gone.
      LOG.atWarn().addKeyValue("sqlState", e.getSQLState()).log("Cannot look at the slot");
    }
    return true;
  }

  private boolean isSilent(LogHandler handler) {
    boolean silent = System.nanoTime() - handler.lastActive() > config.silenceLimit().toNanos();
    if (silent) {
      failure = "the engine handed over nothing for " + config.silenceLimit().toSeconds() + " s";
      LOG.atWarn()
          .addKeyValue("limit", config.silenceLimit())
          .log("The engine hands over nothing; ending it");
    }
    return silent;
  }

  /**
   * Begins no further transaction. Those that were begun are read to their end, and acknowledged
   * when they are settled.
   */
  public void drain() {
    draining = true;
  }

  /** Stops reading. What is not acknowledged will be delivered again. */
  @Override
  public void close() {
    closed = true;
    supervisor.interrupt();
    try {
      supervisor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
