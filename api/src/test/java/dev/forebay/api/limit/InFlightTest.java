package dev.forebay.api.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InFlightTest {

  @Test
  void slots_asManyAsThereAre() {
    InFlight inFlight = new InFlight(2);
    InFlight.Slot first = inFlight.enter().orElseThrow();
    assertThat(inFlight.enter()).isPresent();

    assertThat(inFlight.enter()).isEmpty();
    assertThat(inFlight.refused()).isEqualTo(1);
    first.end();
    first.end();
    assertThat(inFlight.taken()).isEqualTo(1);
    assertThat(inFlight.enter()).isPresent();
    assertThat(inFlight.enter()).isEmpty();
  }

  @Test
  void slotThatIsLent_servesAnother() {
    InFlight inFlight = new InFlight(1);
    InFlight.Slot slow = inFlight.enter().orElseThrow();
    slow.lend();

    InFlight.Slot other = inFlight.enter().orElseThrow();
    assertThat(slow.takeBack()).isFalse();
    other.end();
    assertThat(slow.takeBack()).isTrue();
    assertThat(inFlight.taken()).isEqualTo(1);
  }

  @Test
  void slotThatHasEnded_comesNotBack() {
    InFlight inFlight = new InFlight(1);
    InFlight.Slot gone = inFlight.enter().orElseThrow();
    gone.lend();
    gone.end();

    assertThat(gone.takeBack()).isFalse();
    assertThat(inFlight.taken()).isZero();
  }

  /** Whatever order things happen in, the bound holds and in the end nothing is taken. */
  @Test
  void anyInterleaving_keepsTheBound() throws Exception {
    long seed = System.nanoTime();
    InFlight inFlight = new InFlight(5);
    AtomicInteger working = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Callable<Void>> requests = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      Random random = new Random(seed + i);
      requests.add(() -> {
        Optional<InFlight.Slot> slot = inFlight.enter();
        if (slot.isPresent()) {
          work(slot.get(), random, working, most);
        }
        return null;
      });
    }
    try (ExecutorService clients = Executors.newFixedThreadPool(16)) {
      for (Future<Void> done : clients.invokeAll(requests)) {
        done.get();
      }
    }

    assertThat(most.get()).as("seed %d", seed).isBetween(1, 5);
    assertThat(inFlight.taken()).as("seed %d", seed).isZero();
  }

  private static void work(
      InFlight.Slot slot, Random random, AtomicInteger working, AtomicInteger most) {
    working(working, most);
    if (random.nextBoolean()) {
      slot.lend();
      Thread.onSpinWait();
      if (slot.takeBack()) {
        working(working, most);
      }
    }
    slot.end();
    slot.end();
  }

  private static void working(AtomicInteger working, AtomicInteger most) {
    most.accumulateAndGet(working.incrementAndGet(), Math::max);
    Thread.onSpinWait();
    working.decrementAndGet();
  }
}
