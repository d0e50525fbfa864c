package dev.forebay.api.touch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LookTimeTest {

  private static final long SIX_TENTHS = Duration.ofMillis(600).toNanos();

  @Test
  void leftMillis_ofAllLooksTogether() {
    LookTime time = new LookTime(Duration.ofSeconds(1));
    assertThat(time.leftMillis()).isEqualTo(1_000);
    time.spend(System.nanoTime() - SIX_TENTHS);
    assertThat(time.leftMillis()).isBetween(1L, 400L);
    time.spend(System.nanoTime() - SIX_TENTHS);
    assertThat(time.leftMillis()).isZero();
  }
}
