package dev.forebay.api.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RequestRatesTest {

  private final AtomicLong clock = new AtomicLong();

  @Test
  void principals_haveARateEach() {
    RequestRates rates = rates(1, 2);
    assertThat(rates.take("app")).isZero();
    assertThat(rates.take("app")).isZero();
    assertThat(rates.take("app")).isEqualTo(Duration.ofSeconds(1));

    assertThat(rates.take("other")).isZero();
    assertThat(rates.refused()).isEqualTo(1);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(rates.take("app")).isZero();
  }

  @Test
  void principal_forgottenWhenItsBucketIsFull_gainsNothing() {
    RequestRates rates = rates(1, 100);
    for (int i = 0; i < 100; i++) {
      assertThat(rates.take("app")).isZero();
    }
    clock.addAndGet(TimeUnit.SECONDS.toNanos(99));

    for (int i = 0; i < 99; i++) {
      assertThat(rates.take("app")).as("token %d", i).isZero();
    }
    assertThat(rates.take("app")).isPositive();
  }

  @Test
  void rateOfZero_isNone() {
    RequestRates rates = rates(0, 1);
    for (int i = 0; i < 1_000; i++) {
      assertThat(rates.take("app")).isZero();
    }
  }

  private RequestRates rates(int perSecond, int burst) {
    return new RequestRates(LimitConfig.DEFAULT.withRate(perSecond, burst), clock::get);
  }
}
