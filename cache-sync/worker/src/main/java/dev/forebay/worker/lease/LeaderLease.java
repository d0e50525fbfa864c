package dev.forebay.worker.lease;

import dev.forebay.kv.KvException;
import dev.forebay.kv.WriteGate;
import dev.forebay.ledger.Lease;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.LedgerException.LeaseLost;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lease as this process knows it. Taken once; when it is lost or given back it stays so.
 *
 * <p>A renewal proves that nobody else may take the lease for a while. Its age counts from before
 * the database was asked, and by two clocks, of which the one that shows more is believed: one
 * stands still while a machine is suspended, the other may be set back. Safe for any thread.
 */
public final class LeaderLease implements WriteGate {

  private record Proof(long nanos, Instant at) {}

  private final Lease ledger;
  private final String holder;
  private final LeaseTiming timing;
  private final LongSupplier nanos;
  private final InstantSource clock;
  private volatile long term;
  private volatile @Nullable Proof proof;
  private volatile @Nullable LeaseLost end;
  private volatile @Nullable String held;

  /**
   * @param holder for people: which process this is
   * @param nanos never set back, such as {@link System#nanoTime}
   * @param clock may be set back, but goes on while the machine is suspended
   */
  public LeaderLease(
      Lease ledger, String holder, LeaseTiming timing, LongSupplier nanos, InstantSource clock) {
    this.ledger = ledger;
    this.holder = holder;
    this.timing = timing;
    this.nanos = nanos;
    this.clock = clock;
  }

  /** When it is renewed, looked at, trusted and taken. */
  public LeaseTiming timing() {
    return timing;
  }

  /** Which process this is. */
  public String holder() {
    return holder;
  }

  /** The term that was taken; 0 if none was. */
  public long term() {
    return term;
  }

  /** Whether this process leads, as far as it knows. */
  public boolean isHeld() {
    return term > 0 && end == null;
  }

  /** How long ago it was last proven; zero if this process never led. */
  public Duration age() {
    Proof last = proof;
    if (last == null) {
      return Duration.ZERO;
    }
    Duration monotonic = Duration.ofNanos(nanos.getAsLong() - last.nanos);
    Duration wall = Duration.between(last.at, clock.instant());
    return wall.compareTo(monotonic) > 0 ? wall : monotonic;
  }

  /**
   * Takes the lease if it is free.
   *
   * @return whether this process leads now
   * @throws LedgerException if the database cannot be asked
   */
  public synchronized boolean tryTake() {
    failIfOver();
    Proof began = now();
    long taken = ledger.tryTake(holder, timing.freeAfter()).orElse(0);
    if (taken > 0) {
      proof = began;
      term = taken;
    }
    return taken > 0;
  }

  /**
   * Renews the lease; call it regularly.
   *
   * @throws LeaseLost if another worker leads
   * @throws LedgerException if the database cannot be asked
   */
  public synchronized void renew() {
    failIfOver();
    Proof began = now();
    try {
      ledger.renew(term);
    } catch (LeaseLost e) {
      lose(e);
      throw e;
    }
    proof = began;
  }

  /**
   * Returns if this process leads now, and will for longer than {@code freeAfter - trustFor}; asks
   * the database if the last proof is too old to say so.
   *
   * @throws LeaseLost if it does not lead
   * @throws LedgerException if that cannot be found out, or if it must not write all the same, see
   *     {@link #hold}: write nothing
   */
  public void prove() {
    failIfOver();
    String reason = held;
    if (reason != null) {
      throw new LedgerException.Halted(reason);
    }
    if (isTooOld()) {
      synchronized (this) {
        if (isTooOld()) {
          renew();
        }
      }
    }
  }

  /**
   * As {@link #prove}, and the database is asked whether it is still the server that the history
   * was last seen on: before anything but KV is changed for good.
   *
   * @throws LedgerException.Halted if it is another one
   */
  public void proveServer() {
    prove();
    ledger.proveServer(term);
  }

  private boolean isTooOld() {
    return proof == null || age().compareTo(timing.trustFor()) > 0;
  }

  /** From now on {@link #prove} fails, though the lease is renewed and nobody else may take it. */
  public void hold(String reason) {
    held = reason;
  }

  /** Ends what {@link #hold} has begun. */
  public void free() {
    held = null;
  }

  @Override
  public void pass() {
    try {
      prove();
    } catch (LedgerException e) {
      throw new KvException.Cancelled("the lease could not be proven: " + e.getMessage(), e);
    }
  }

  /** Whatever a ledger transaction found out about the lease is true of it here too. */
  public void lose(LeaseLost reason) {
    if (end == null) {
      end = reason;
    }
  }

  /**
   * Gives the lease back; nothing if this process does not lead.
   *
   * @throws LedgerException if the database cannot be told; a standby waits all the longer
   */
  public synchronized void release() {
    if (isHeld()) {
      lose(new LeaseLost("this worker has given the lease back"));
      ledger.release(term);
    }
  }

  private void failIfOver() {
    LeaseLost over = end;
    if (over != null) {
      throw over;
    }
  }

  private Proof now() {
    return new Proof(nanos.getAsLong(), clock.instant());
  }
}
