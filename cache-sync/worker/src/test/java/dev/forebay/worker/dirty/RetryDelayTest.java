package dev.forebay.worker.dirty;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryDelayTest {

  @ParameterizedTest(name = "after {0} failures between {1} and {2} ms")
  @CsvSource({"1, 25, 100", "2, 50, 200", "5, 400, 1600", "11, 2500, 10000", "1000, 2500, 10000"})
  void after_growsToALimitAndVaries(int failures, long least, long most) {
    RetryDelay delay =
        new RetryDelay(Duration.ofMillis(100), Duration.ofSeconds(10), new Random(7));

    for (int i = 0; i < 200; i++) {
      assertThat(delay.after(failures))
          .isBetween(Duration.ofMillis(least), Duration.ofMillis(most));
    }
  }
}
