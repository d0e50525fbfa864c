package dev.forebay.kv.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBudgetTest {

  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

  @Test
  void take_isImmediateUntilTheBucketIsEmpty() {
    RequestBudget budget = RequestBudget.cloudflare(0.5);
    for (int i = 0; i < 300; i++) {
      assertThat(budget.take(START, START)).isEqualTo(START);
    }
    // Half of 600 in 300 s: one per second.
    assertThat(budget.take(START, START.plusSeconds(9))).isEqualTo(START.plusSeconds(1));
    assertThat(budget.take(START, START.plusSeconds(9))).isEqualTo(START.plusSeconds(2));
  }

  @Test
  void take_beyondTheLatestTime_takesNothing() {
    RequestBudget budget = new RequestBudget(2, Duration.ofSeconds(10), 1);
    budget.take(START, START);
    for (int i = 0; i < 5; i++) {
      assertThat(budget.take(START, START)).isEqualTo(START.plusSeconds(10));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void take_neverExceedsTheShareInAnyWindow(long seed) {
    Random random = new Random(seed);
    RequestBudget budget = RequestBudget.cloudflare(0.9);
    Deque<Instant> window = new ArrayDeque<>();
    Instant now = START;
    for (int i = 0; i < 10_000; i++) {
      if (random.nextInt(500) == 0) {
        now = now.plusSeconds(random.nextInt(400));
      }
      Instant at = budget.take(now, now.plusSeconds(1000));
      window.add(at);
      while (!window.getFirst().plus(RequestBudget.CLOUDFLARE_WINDOW).isAfter(at)) {
        window.removeFirst();
      }
      assertThat(window).hasSizeLessThanOrEqualTo(1080);
      now = at;
    }
  }

  @Test
  void correct_lowersTheBucketAndNeverRaisesIt() {
    RequestBudget budget = RequestBudget.cloudflare(1);
    budget.correct("\"default\";r=2;t=30", START);
    assertThat(budget.remaining(START)).isEqualTo(2);

    budget.correct("\"default\";r=1000;t=30", START);
    assertThat(budget.remaining(START)).isEqualTo(2);
  }

  @Test
  void correct_withNothingLeft_waitsUntilItIsRestored() {
    RequestBudget budget = RequestBudget.cloudflare(1);
    budget.correct("\"default\";r=0;t=30", START);
    assertThat(budget.remaining(START)).isZero();
    assertThat(budget.take(START, START.plusSeconds(60))).isEqualTo(START.plusSeconds(30));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "\"default\"", "r=;t=", "r=99999999999;t=1"})
  void correct_ignoresWhatItDoesNotUnderstand(String header) {
    RequestBudget budget = RequestBudget.cloudflare(1);
    budget.correct(header, START);
    assertThat(budget.remaining(START)).isEqualTo(600);
  }

  @Test
  void lockUntil_holdsEverybodyBack() {
    RequestBudget budget = RequestBudget.cloudflare(1);
    budget.lockUntil(START.plusSeconds(300));
    budget.lockUntil(START.plusSeconds(5));
    assertThat(budget.take(START, START.plusSeconds(400))).isEqualTo(START.plusSeconds(300));
    assertThat(budget.lockedUntil()).isEqualTo(START.plusSeconds(300));
    assertThat(budget.remaining(START)).isZero();
  }
}
