package dev.forebay.worker;

import dev.forebay.ledger.LedgerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that repeats a step until it is closed. A step that throws is repeated after a pause:
 * one bad event must not stop the line. A lost lease and an {@link Error} end the loop, and are
 * reported, because a stage that is silently gone would be worse.
 */
final class Loop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final long PAUSE_MILLIS = 1_000;
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** One round; blocks for a bounded time if there is nothing to do. */
  interface Step {
    void run() throws InterruptedException;
  }

  private final String name;
  private final Step step;
  private final Consumer<Throwable> fatal;
  private final Thread thread;
  private volatile boolean closed;

  Loop(String name, Step step, Consumer<Throwable> fatal) {
    this.name = name;
    this.step = step;
    this.fatal = fatal;
    this.thread = Thread.ofPlatform().name("forebay-" + name).start(this::run);
  }

  private void run() {
    while (!closed) {
      try {
        round();
      } catch (InterruptedException e) {
        // Only close() interrupts.
        return;
      }
    }
  }

  private void round() throws InterruptedException {
    try {
      step.run();
    } catch (LedgerException.LeaseLost | Error e) {
      closed = true;
      fatal.accept(e);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("loop", name).log("A step failed; trying again");
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }

  /** Ends the loop after the step that is running; one that takes too long is interrupted. */
  @Override
  public void close() {
    closeAll(List.of(this));
  }

  /**
   * Ends loops, all within the time of one.
   *
   * @return whether they have ended
   */
  static boolean closeAll(Collection<Loop> loops) {
    loops.forEach(loop -> loop.closed = true);
    try {
      List<Loop> late = join(loops);
      late.forEach(loop -> loop.thread.interrupt());
      List<Loop> left = join(late);
      for (Loop loop : left) {
        // A socket read cannot be interrupted; the pool's close ends it.
        LOG.atWarn().addKeyValue("loop", loop.name).log("A step does not end; leaving it behind");
      }
      return left.isEmpty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Returns the loops that have not ended in time. */
  private static List<Loop> join(Collection<Loop> loops) throws InterruptedException {
    long deadline = System.nanoTime() + GRACE.toNanos();
    List<Loop> late = new ArrayList<>();
    for (Loop loop : loops) {
      Duration left = Duration.ofNanos(Math.max(deadline - System.nanoTime(), 0));
      if (!loop.thread.join(left)) {
        late.add(loop);
      }
    }
    return late;
  }
}
