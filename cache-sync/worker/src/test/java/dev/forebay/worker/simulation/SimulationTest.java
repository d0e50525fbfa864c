package dev.forebay.worker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Thousands of interleavings of commits, stages, faults and restarts end with KV equal to the
 * database. {@code -Dforebay.simulation.seed=…} plays from another seed, {@code
 * -Dforebay.simulation.seconds=…} for longer.
 */
class SimulationTest {

  private static final long SEED =
      Long.getLong("forebay.simulation.seed", System.nanoTime() >>> 20);
  private static final int SECONDS = Integer.getInteger("forebay.simulation.seconds", 5);
  private static final int MOST_SEEDS_FOR_A_BUG = 10_000;

  private static final Logger STAGES = (Logger) LoggerFactory.getLogger("dev.forebay.worker");

  /** Every fault is told to the log, and there are a hundred thousand of them. */
  @BeforeAll
  static void quieten() {
    STAGES.setLevel(Level.OFF);
  }

  @AfterAll
  static void restore() {
    STAGES.setLevel(null);
  }

  @Test
  void anyInterleaving_endsWithKvEqualToTheDatabase() throws Exception {
    System.out.println("SimulationTest: -Dforebay.simulation.seed=" + SEED);
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    int played = 0;
    for (long seed = SEED; System.nanoTime() < end; seed++, played++) {
      assertThat(Simulation.play(seed, Bug.NONE)).as("seed " + seed).isNull();
    }
    System.out.printf("SimulationTest: %d interleavings, none went wrong%n", played);
    assertThat(played).isGreaterThan(100);
  }

  @Test
  void plantedBugs_areAllCaught() throws Exception {
    List<Bug> planted = Stream.of(Bug.values()).filter(bug -> bug != Bug.NONE).toList();
    Map<Bug, Integer> caught = new LinkedHashMap<>();
    for (Bug bug : planted) {
      for (int i = 0; i < MOST_SEEDS_FOR_A_BUG && !caught.containsKey(bug); i++) {
        if (Simulation.play(SEED + i, bug) != null) {
          caught.put(bug, i + 1);
        }
      }
    }
    System.out.printf(
        "SimulationTest: %d of %d planted bugs caught, after so many interleavings: %s%n",
        caught.size(), planted.size(), caught);
    assertThat(caught.keySet()).as("seed " + SEED).containsExactlyElementsOf(planted);
  }
}
