package dev.forebay.worker.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final int PAGE = 1_000;

  private long now = 5;

  /** Marks whatever the pace allows, looking every 20 ms. */
  private long marked(Pace pace, Duration time) {
    long documents = 0;
    for (long end = now + time.toNanos(); now < end; now += Duration.ofMillis(20).toNanos()) {
      int page = pace.page(PAGE);
      if (page > 0) {
        pace.took(page);
        documents += page;
      }
    }
    return documents;
  }

  @Test
  void pace_isKeptOverTime() {
    assertThat(marked(new Pace(100, () -> now), Duration.ofMinutes(1))).isBetween(5_900L, 6_200L);
    assertThat(marked(new Pace(7_000, () -> now), Duration.ofMinutes(1)))
        .isBetween(413_000L, 428_000L);
  }

  @Test
  void pace_afterAPause_isNotMadeUpForByMoreThanASecond() {
    Pace pace = new Pace(100, () -> now);
    marked(pace, Duration.ofSeconds(10));
    now += Duration.ofHours(1).toNanos();

    assertThat(marked(pace, Duration.ofSeconds(1))).isLessThanOrEqualTo(300);
  }

  @Test
  void pace_ofZero_isNone() {
    Pace pace = new Pace(0, () -> now);
    pace.took(PAGE);

    assertThat(pace.page(PAGE)).isEqualTo(PAGE);
    assertThatThrownBy(() -> new Pace(-1, () -> now)).isInstanceOf(IllegalArgumentException.class);
  }
}
