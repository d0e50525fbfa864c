package dev.forebay.api.limit;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that are worked on now, at most so many. Who comes when there is no slot is told so
 * at once: a queue would only make everybody wait, and time out at its end.
 *
 * <p>A request that waits for its client holds no slot, so slow clients take none from others.
 *
 * <p>Safe for any thread; nothing waits.
 */
public final class InFlight {

  private static final Logger LOG = LoggerFactory.getLogger(InFlight.class);

  private final int most;
  private final AtomicInteger taken = new AtomicInteger();
  private final LongAdder refused = new LongAdder();
  private final Seldom storm = new Seldom();

  /**
   * @param most slots there are
   */
  public InFlight(int most) {
    this.most = most;
  }

  /** Takes a slot; empty if there is none. */
  public Optional<Slot> enter() {
    return take() ? Optional.of(new Slot()) : Optional.empty();
  }

  /** How many slots are taken. */
  public int taken() {
    return taken.get();
  }

  /** How often there was none. */
  public long refused() {
    return refused.sum();
  }

  private boolean take() {
    int now = taken.get();
    while (now < most) {
      if (taken.compareAndSet(now, now + 1)) {
        return true;
      }
      now = taken.get();
    }
    refused.increment();
    warn();
    return false;
  }

  private void warn() {
    if (storm.isDue()) {
      LOG.atWarn()
          .addKeyValue("inFlight", most)
          .addKeyValue("refusedSoFar", refused.sum())
          .log("more requests than can be served; answering 503 to the others");
    }
  }

  /** A request's slot. It begins held; {@link #end} must be called once, everything else may be. */
  public final class Slot {

    private enum State {
      HELD,
      LENT,
      ENDED
    }

    private State state = State.HELD;

    private Slot() {}

    /** Gives the slot to others while the request waits for its client. */
    public synchronized void lend() {
      if (state == State.HELD) {
        state = State.LENT;
        taken.decrementAndGet();
      }
    }

    /**
     * Takes a slot again after {@link #lend}.
     *
     * @return false if there is none, or the request is over
     */
    public synchronized boolean takeBack() {
      if (state == State.LENT && take()) {
        state = State.HELD;
      }
      return state == State.HELD;
    }

    /** Gives the slot back for good. */
    public synchronized void end() {
      if (state == State.HELD) {
        taken.decrementAndGet();
      }
      state = State.ENDED;
    }
  }
}
