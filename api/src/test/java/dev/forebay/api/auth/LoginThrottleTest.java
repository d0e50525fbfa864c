package dev.forebay.api.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginThrottleTest {

  private final AtomicLong nanos = new AtomicLong(-5);
  private final LoginThrottle throttle = new LoginThrottle(nanos::get);

  @Test
  void address_isOverItsLimit_atTheLastFailure_untilTheWindowEnds() {
    fail("192.0.2.1", LoginThrottle.FAILURES - 1);
    assertThat(throttle.overLimit("192.0.2.1")).isEmpty();

    nanos.addAndGet(Duration.ofSeconds(20).toNanos());
    fail("192.0.2.1", 1);
    assertThat(throttle.overLimit("192.0.2.1")).contains(Duration.ofSeconds(40));
    assertThat(throttle.overLimit("192.0.2.2")).isEmpty();

    fail("192.0.2.1", 1_000);
    nanos.addAndGet(Duration.ofSeconds(39).toNanos());
    assertThat(throttle.overLimit("192.0.2.1")).contains(Duration.ofSeconds(1));
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(throttle.overLimit("192.0.2.1")).isEmpty();
    fail("192.0.2.1", LoginThrottle.FAILURES - 1);
    assertThat(throttle.overLimit("192.0.2.1")).as("counted anew").isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8:1:2::1, 2001:db8:1:2:ffff::9, true",
    "2001:db8:1:2::1, 2001:db8:1:3::1, false",
    "[2001:db8:1:2::1], 2001:db8:1:2::2, true",
    "fe80::1%1, fe80::2%2, true",
    "::ffff:192.0.2.1, ::ffff:192.0.2.2, false",
    "not:an:address, other:text, false",
    "'', 192.0.2.1, false"
  })
  void addresses_ofOneNetwork_countTogether(String one, String other, boolean together) {
    fail(one, LoginThrottle.FAILURES);

    assertThat(throttle.overLimit(one)).isPresent();
    assertThat(throttle.overLimit(other).isPresent()).isEqualTo(together);
  }

  private void fail(String address, int times) {
    for (int i = 0; i < times; i++) {
      throttle.failed(address);
    }
  }
}
