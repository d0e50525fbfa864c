package dev.forebay.kv.pace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {

  private static final RetryPolicy POLICY =
      new RetryPolicy(9, Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMinutes(1));

  @ParameterizedTest(name = "attempt {0}, random {1}: {2} ms")
  @CsvSource({
    "1, 0.0, 0",
    "1, 0.5, 50",
    "1, 0.99, 99",
    "2, 0.5, 100",
    "3, 0.5, 200",
    "4, 0.5, 400",
    "5, 0.5, 500",
    "60, 0.5, 500",
    "2000, 0.99, 990"
  })
  void delay_doublesUpToTheCapAndIsFullyJittered(int attempt, double random, long millis) {
    assertThat(POLICY.delay(attempt, random)).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void standard_isWhatItsJavadocSays() {
    assertThat(RetryPolicy.standard())
        .isEqualTo(
            new RetryPolicy(
                5, Duration.ofMillis(500), Duration.ofSeconds(20), Duration.ofMinutes(2)));
  }

  @Test
  void values_thatMakeNoSense_areRefused() {
    assertThatThrownBy(() -> new RetryPolicy(0, Duration.ZERO, Duration.ZERO, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new RetryPolicy(1, Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
