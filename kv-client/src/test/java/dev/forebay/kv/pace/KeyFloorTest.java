package dev.forebay.kv.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyFloorTest {

  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

  private final KeyFloor floor = new KeyFloor(Duration.ofSeconds(1));

  @Test
  void earliest_ofAnUnknownKey_isNow() {
    assertThat(floor.earliest("a", START)).isEqualTo(START);
  }

  @Test
  void earliest_isASecondAfterTheLastWrite() {
    floor.wrote(List.of("a", "b"), START);
    floor.wrote(List.of("a"), START.plusMillis(600));

    assertThat(floor.earliest("a", START.plusMillis(700))).isEqualTo(START.plusMillis(1600));
    assertThat(floor.earliest("b", START.plusMillis(700))).isEqualTo(START.plusMillis(1000));
    assertThat(floor.earliest("b", START.plusMillis(1001))).isEqualTo(START.plusMillis(1001));
  }

  @Test
  void wrote_forgetsOnlyWhatNoLongerMatters() {
    floor.wrote(List.of("a", "b"), START);
    floor.wrote(List.of("c"), START.plusMillis(999));
    assertThat(floor.earliest("b", START)).isEqualTo(START.plusMillis(1000));

    floor.wrote(List.of("d"), START.plusMillis(1000));
    assertThat(floor.earliest("b", START)).isEqualTo(START);
    assertThat(floor.earliest("c", START)).isEqualTo(START.plusMillis(1999));
  }
}
