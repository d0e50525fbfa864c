package dev.forebay.worker.capture;

import io.debezium.engine.DebeziumEngine;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One engine on a thread of its own, until it is closed.
 *
 * <p>Closing goes on to its end even if the calling thread is interrupted: an engine that is left
 * behind keeps the slot, and its successor could not read.
 */
final class RunningEngine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunningEngine.class);
  private static final Duration ASK_AGAIN = Duration.ofMillis(100);
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final DebeziumEngine<?> engine;
  private final Thread thread;

  private RunningEngine(DebeziumEngine<?> engine, Thread thread) {
    this.engine = engine;
    this.thread = thread;
  }

  static RunningEngine start(DebeziumEngine<?> engine) {
    return new RunningEngine(engine, Thread.ofPlatform().name("forebay-engine").start(engine));
  }

  /** Whether the engine's thread has not ended. */
  boolean isAlive() {
    return thread.isAlive();
  }

  /** An engine that is still starting refuses to be closed, so it is asked until it gives in. */
  @Override
  public void close() {
    // The engine's own waits would be cut short by the flag. Only Capture.close() interrupts, and
    // it has said so in a field before.
    boolean interrupted = Thread.interrupted();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    do {
      try {
        engine.close();
      } catch (IOException | IllegalStateException e) {
        LOG.atDebug().setCause(e).log("The engine was not closed yet");
      }
      interrupted |= join(ASK_AGAIN);
    } while (thread.isAlive() && System.nanoTime() < deadline);
    if (thread.isAlive()) {
      LOG.atWarn().log("The engine does not end; interrupting it");
      thread.interrupt();
      interrupted |= join(LIMIT);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether an interrupt came in between; it is cleared. */
  private boolean join(Duration limit) {
    try {
      thread.join(limit);
      return false;
    } catch (InterruptedException e) {
      return true; // close() sets the flag again when all is done
    }
  }
}
