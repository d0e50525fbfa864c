package dev.forebay.worker.history;

import dev.forebay.kv.KvException;
import dev.forebay.ledger.History;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.LedgerException.LeaseLost;
import dev.forebay.worker.history.Verdict.Halt;
import dev.forebay.worker.lease.LeaderLease;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a leader write only while KV belongs to its database: compares them before a worker is made
 * and whenever the nonce is to be changed, and looks at the ledger every second in between, for the
 * server behind an address may become another one at any time. Once halted it goes on only when a
 * person has agreed to adopt what was found, or the process is started again.
 *
 * <p>Concurrency: a thread of its own, from {@link #start} on; the other methods are for any.
 */
public final class HistoryGuard implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HistoryGuard.class);
  private static final Duration JOIN = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofSeconds(5);

  /** Who writes while the guard lets it. */
  public interface Owner {
    /** KV belongs to this database: writing may begin. */
    void cleared();

    /** Ends whatever writes, and returns when it has ended. */
    void stop() throws InterruptedException;

    /** The guard cannot go on: the lease is lost, or an error nobody foresaw. */
    void ended(Throwable cause);
  }

  /** What a leader may do. */
  private sealed interface Standing {
    /** Nothing yet; the problem is for people, null if it is only just being looked at. */
    record Checking(@Nullable String problem) implements Standing {}

    /** Writing, with this nonce in ledger and KV. */
    record Clear(String history, String nonce) implements Standing {}

    /** Nothing. */
    record Halted(Halt why) implements Standing {}
  }

  private final HistoryConfig config;
  private final HistoryParts parts;
  private final LeaderLease lease;
  private final Owner owner;
  private final Rotation rotation;
  private final Thread thread;
  private volatile Standing standing = new Standing.Checking(null);
  private volatile boolean closing;
  private volatile long checkingSince = System.nanoTime();
  private @Nullable String watched;
  private long watchedSince;
  private long silentSince = System.nanoTime();

  public HistoryGuard(
      HistoryConfig config,
      HistoryParts parts,
      LeaderLease lease,
      Owner owner,
      InstantSource clock) {
    this.config = config;
    this.parts = parts;
    this.lease = lease;
    this.owner = owner;
    this.rotation = new Rotation(config, parts, clock);
    this.thread = Thread.ofPlatform().name("forebay-history").unstarted(this::run);
  }

  /** Begins to compare; the lease must have been taken. Once begun, nothing. */
  public synchronized void start() {
    if (thread.getState() == Thread.State.NEW && !closing) {
      checkingSince = System.nanoTime();
      silentSince = System.nanoTime();
      thread.start();
    }
  }

  /** Whether a leader may write now. */
  public boolean isClear() {
    return standing instanceof Standing.Clear;
  }

  /** Why nothing may be written until a person decides; empty if something may, or may soon. */
  public Optional<String> halted() {
    return standing instanceof Standing.Halted halted
        ? Optional.of(sentence(halted.why))
        : Optional.empty();
  }

  /** Why nothing is written now; empty if something may, or nobody has looked yet. */
  public Optional<String> problem() {
    return switch (standing) {
      case Standing.Checking checking ->
          checking.problem == null && System.nanoTime() - checkingSince > SOON.toNanos()
              ? Optional.of("KV does not say yet whose documents it holds")
              : Optional.ofNullable(checking.problem);
      case Standing.Clear clear -> Optional.empty();
      case Standing.Halted halted -> Optional.of(sentence(halted.why));
    };
  }

  private static String sentence(Halt why) {
    return "halted, nothing is written to KV: " + why.found() + "; see forebay adopt";
  }

  private void run() {
    try {
      while (!closing) {
        TimeUnit.NANOSECONDS.sleep(round().toNanos());
      }
    } catch (InterruptedException e) {
      // Only close() does that.
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      owner.ended(e);
    }
  }

  /** Returns when to look again. */
  private Duration round() throws InterruptedException {
    try {
      return switch (standing) {
        case Standing.Clear clear -> keep(clear);
        case Standing.Halted halted -> waitForConsent();
        case Standing.Checking checking -> check();
      };
    } catch (LeaseLost e) {
      throw e;
    } catch (LedgerException | KvException e) {
      if (standing instanceof Standing.Checking before) {
        if (before.problem == null && !closing) {
          LOG.atWarn()
              .addKeyValue("cause", e.getMessage())
              .log("Cannot compare KV's history with the database's; trying again");
        }
        standing =
            new Standing.Checking("KV and the database cannot be compared: " + e.getMessage());
      }
      return config.lookEvery();
    }
  }

  /** While a worker writes. */
  private Duration keep(Standing.Clear clear) throws InterruptedException {
    History.State ledger = parts.ledger().state();
    if (!isStill(clear, ledger)) {
      return doubt();
    }
    Duration since = ledger.sinceRotation();
    if (since != null && since.compareTo(config.rotateEvery()) < 0) {
      return config.lookEvery();
    }
    Proposal proposal = Proposal.look(config, parts);
    boolean inStep = proposal.verdict() instanceof Verdict.InStep;
    if (!inStep || !isStill(clear, proposal.seen().ledger())) {
      return doubt();
    }
    rotate(proposal.seen());
    return config.lookEvery();
  }

  /** Only this leader changes the nonce, so another one is another ledger's. */
  private static boolean isStill(Standing.Clear clear, History.State ledger) {
    return clear.history.equals(ledger.id())
        && clear.nonce.equals(ledger.nonce())
        && ledger.server() != null
        && ledger.now().continues(ledger.server());
  }

  private void rotate(Observation seen) {
    rotation.rotate(lease.term(), seen.ledger().id(), seen.ledger().now());
    standing = clear(parts.ledger().state());
  }

  private static Standing clear(History.State ledger) {
    return new Standing.Clear(ledger.id(), String.valueOf(ledger.nonce()));
  }

  private Duration doubt() throws InterruptedException {
    standing =
        new Standing.Checking("the database is no longer what it was; KV is compared with it");
    LOG.atInfo().log("The database is no longer what it was; comparing KV with it");
    lease.hold("KV is being compared with a database that has changed");
    owner.stop();
    silentSince = System.nanoTime();
    return Duration.ZERO;
  }

  /** While nothing writes. */
  private Duration check() throws InterruptedException {
    Proposal proposal = Proposal.look(config, parts);
    Observation seen = proposal.seen();
    if (proposal.isAgreed()) {
      return adopt(seen);
    }
    Verdict verdict = proposal.verdict();
    if (!(verdict instanceof Verdict.Watch)) {
      watched = null;
    }
    return switch (verdict) {
      case Verdict.Begin begin -> goOn(seen, true);
      case Verdict.InStep inStep -> goOn(seen, false);
      case Verdict.Watch watch -> watch(seen);
      case Verdict.LookAgain again -> {
        standing = new Standing.Checking("KV may show an old state for another " + again.after());
        yield min(again.after(), config.watchEvery());
      }
      case Verdict.FailedOver failedOver -> {
        proposal.agree(parts.ledger());
        yield Duration.ZERO;
      }
      case Halt halt -> halt(halt);
    };
  }

  private Duration goOn(Observation seen, boolean first) {
    lease.free();
    History.State ledger = seen.ledger();
    Duration since = ledger.sinceRotation();
    boolean due = since == null || since.compareTo(config.rotateEvery()) >= 0;
    boolean another =
        !config.namespace().equals(ledger.namespace()) || !ledger.now().equals(ledger.server());
    // Sooner than KV forgets what it showed before, a nonce is only changed if it must be.
    if (first || due || another || ledger.nonce() == null) {
      rotate(seen);
    } else {
      standing = clear(ledger);
    }
    owner.cleared();
    return config.lookEvery();
  }

  private Duration watch(Observation seen) {
    if (watched == null || !watched.equals(seen.control())) {
      watched = seen.control();
      watchedSince = System.nanoTime();
      LOG.atInfo().log("The data directory was moved or copied; watching for another that goes on");
    }
    Duration left = config.watchFor().minus(Duration.ofNanos(System.nanoTime() - watchedSince));
    if (left.isNegative()) {
      return goOn(seen, false);
    }
    standing =
        new Standing.Checking(
            ("the data directory was moved or copied: in %d s it is known that no other"
                    + " database writes to KV namespace %s; forebay adopt does not wait")
                .formatted(left.toSeconds(), seen.namespace()));
    return min(left, config.watchEvery());
  }

  private Duration halt(Halt halt) {
    lease.hold("halted: " + halt.reason());
    standing = new Standing.Halted(halt);
    LOG.atError()
        .addKeyValue("reason", halt.reason())
        .addKeyValue("found", halt.found())
        .log("Halted: KV does not belong to this database as it is; nothing is written");
    return config.lookEvery();
  }

  private Duration waitForConsent() {
    return parts.ledger().state().consent() == null ? config.lookEvery() : again();
  }

  /** A consent that does not cover what is seen now leads to the same halt, and is told again. */
  private Duration again() {
    if (Proposal.look(config, parts).isAgreed()) {
      standing = new Standing.Checking("what was found is being adopted");
      return Duration.ZERO;
    }
    return config.watchEvery();
  }

  /** Once KV shows all that was written before. */
  private Duration adopt(Observation seen) {
    Duration silent = Duration.ofNanos(System.nanoTime() - silentSince);
    if (silent.compareTo(config.staleFor()) < 0) {
      standing =
          new Standing.Checking("KV may show an old state for another while; then it is adopted");
      return min(config.staleFor().minus(silent), config.watchEvery());
    }
    standing = new Standing.Checking("what KV holds is being adopted");
    lease.free();
    new Adoption(parts, rotation).run(lease.term(), seen);
    standing = clear(parts.ledger().state());
    owner.cleared();
    return config.lookEvery();
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Ends the thread; a call in flight is given up. */
  @Override
  public void close() {
    closing = true;
    boolean began;
    synchronized (this) {
      began = thread.getState() != Thread.State.NEW;
    }
    if (began && Thread.currentThread() != thread) {
      thread.interrupt();
      try {
        boolean ended = thread.join(JOIN);
        if (!ended) {
          LOG.atInfo().log("The comparison of histories does not end; leaving it behind");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
