package dev.forebay.worker;

import dev.forebay.ledger.LedgerException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that repeats a step until it is told to end. A step that throws is repeated after a
 * pause: one bad event must not stop the line. A lost lease and an {@link Error} end the loop, and
 * are reported, because a stage that is silently gone would be worse.
 */
final class Loop {

  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final long PAUSE_MILLIS = 1_000;

  /** One round; blocks for a bounded time if there is nothing to do. */
  interface Step {
    void run() throws InterruptedException;
  }

  private final String name;
  private final Step step;
  private final Consumer<Throwable> fatal;
  private final Thread thread;
  private volatile boolean ending;
  private volatile long began = System.nanoTime();

  Loop(String name, Step step, Consumer<Throwable> fatal) {
    this.name = name;
    this.step = step;
    this.fatal = fatal;
    this.thread = Thread.ofPlatform().name("forebay-" + name).start(this::run);
  }

  private void run() {
    while (!ending) {
      try {
        round();
      } catch (InterruptedException e) {
        // Only interrupt() does that.
        return;
      }
    }
  }

  private void round() throws InterruptedException {
    began = System.nanoTime();
    try {
      step.run();
    } catch (LedgerException.LeaseLost | Error e) {
      ending = true;
      fatal.accept(e);
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("loop", name).log("A step failed; trying again");
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
  }

  String name() {
    return name;
  }

  /** How long the step that is running has taken so far. */
  Duration inStep() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Lets no further step begin. */
  void end() {
    ending = true;
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Whether the thread has ended within the time. */
  boolean join(Duration limit) throws InterruptedException {
    return thread.join(limit.isNegative() ? Duration.ZERO : limit);
  }
}
