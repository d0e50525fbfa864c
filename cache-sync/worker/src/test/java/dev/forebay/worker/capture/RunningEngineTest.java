package dev.forebay.worker.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.engine.DebeziumEngine;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunningEngineTest {

  /**
   * Ends as Debezium's engine does: close() waits, and an interrupt ends the wait, not the work.
   */
  private static final class SlowEngine implements DebeziumEngine<Object> {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final int refusals;
    private int calls;
    private volatile boolean cutShort;
    private volatile boolean interruptedItself;

    SlowEngine(int refusals) {
      this.refusals = refusals;
    }

    @Override
    public void run() {
      try {
        asked.await();
      } catch (InterruptedException e) {
        interruptedItself = true;
      }
      ended.countDown();
    }

    @Override
    public void close() {
      if (calls++ < refusals) {
        throw new IllegalStateException("still starting");
      }
      asked.countDown();
      try {
        ended.await();
      } catch (InterruptedException e) {
        cutShort = true;
        Thread.currentThread().interrupt();
      }
    }
  }

  @AfterEach
  void clearFlag() {
    Thread.interrupted();
  }

  @Test
  void close_callerInterrupted_waitsForTheEngineAndKeepsTheFlag() {
    SlowEngine engine = new SlowEngine(0);
    RunningEngine running = RunningEngine.start(engine);

    Thread.currentThread().interrupt();
    running.close();

    assertThat(running.isAlive()).isFalse();
    assertThat(engine.cutShort).isFalse();
    assertThat(engine.interruptedItself).isFalse();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void close_engineRefusesAtFirst_asksUntilItGivesIn() {
    SlowEngine engine = new SlowEngine(2);
    RunningEngine running = RunningEngine.start(engine);

    running.close();

    assertThat(running.isAlive()).isFalse();
    assertThat(engine.interruptedItself).isFalse();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
