package dev.forebay.api.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @ParameterizedTest
  @ValueSource(longs = {0, -5, Long.MAX_VALUE - 10, Long.MIN_VALUE})
  void burst_thenTheRate(long start) {
    TokenBucket bucket = new TokenBucket(10, 3, start);

    assertThat(bucket.take(start)).isZero();
    assertThat(bucket.take(start)).isZero();
    assertThat(bucket.take(start)).isZero();
    assertThat(bucket.take(start)).isEqualTo(Duration.ofMillis(100));
    assertThat(bucket.take(start + SECOND / 10 - 1)).isEqualTo(Duration.ofNanos(1));
    assertThat(bucket.take(start + SECOND / 10)).isZero();
    assertThat(bucket.take(start + SECOND / 10)).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void whatIsRefused_takesNothing() {
    TokenBucket bucket = new TokenBucket(1, 1, 0);
    bucket.take(0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(bucket.take(i)).isPositive();
    }

    assertThat(bucket.take(SECOND)).isZero();
  }

  @Test
  void quiet_fillsItToItsBurstAndNoFurther() {
    TokenBucket bucket = new TokenBucket(10, 2, 0);
    bucket.take(0);

    long later = 1_000 * SECOND;
    assertThat(bucket.take(later)).isZero();
    assertThat(bucket.take(later)).isZero();
    assertThat(bucket.take(later)).isPositive();
  }

  /** In no window of any length are more let through than burst plus rate times length. */
  @Test
  void anyArrivals_keepTheBound() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int rate = 50;
    int burst = 7;
    TokenBucket bucket = new TokenBucket(rate, burst, 0);
    Deque<Long> passed = new ArrayDeque<>();
    long now = 0;
    for (int i = 0; i < 20_000; i++) {
      now += (long) (random.nextDouble() * random.nextDouble() * SECOND / 10);
      if (bucket.take(now).isZero()) {
        passed.add(now);
      }
      if (passed.size() > burst + rate) {
        long first = passed.remove();
        assertThat(passed.getLast() - first)
            .as("%d requests after one; seed %d", burst + rate, seed)
            .isGreaterThanOrEqualTo(SECOND);
      }
    }
    assertThat(passed).hasSize(burst + rate);
  }
}
