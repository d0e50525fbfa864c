package dev.forebay.worker.lag;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.worker.dirty.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SyncLagTest {

  private final MutableClock clock = new MutableClock();
  private @Nullable Instant oldest;
  private final SyncLag lag =
      new SyncLag(clock, Duration.ofSeconds(1), () -> Optional.ofNullable(oldest), clock.instant());

  @Test
  void current_isTheAgeOfTheOldestUnsettledChange() {
    oldest = clock.instant();
    clock.advance(Duration.ofMillis(1_500));
    lag.heartbeat(clock.instant());

    assertThat(lag.current()).isEqualTo(Duration.ofMillis(1_500));
  }

  @Test
  void current_isZeroWhileHeartbeatsComeAndNothingIsUnsettled() {
    clock.advance(Duration.ofSeconds(3));

    assertThat(lag.current()).isZero();
    assertThat(lag.isCaughtUp()).isTrue();
  }

  @Test
  void current_risesInSilence() {
    clock.advance(Duration.ofSeconds(10));

    assertThat(lag.current()).isEqualTo(Duration.ofSeconds(10));
    assertThat(lag.isCaughtUp()).isFalse();
  }

  @Test
  void heartbeat_fromTheBacklog_keepsTheLagItsAge() {
    Instant old = clock.instant().plusSeconds(5);
    clock.advance(Duration.ofMinutes(10));

    lag.heartbeat(old);

    assertThat(lag.current()).isEqualTo(Duration.ofMinutes(10).minusSeconds(5));
  }

  @Test
  void rewind_keepsTheLagOfWhatWillBeDeliveredAgain() {
    Instant unsettled = clock.instant();
    clock.advance(Duration.ofMinutes(10));
    lag.heartbeat(clock.instant());

    lag.rewind(unsettled);

    assertThat(lag.current()).isEqualTo(Duration.ofMinutes(10));
    assertThat(lag.isCaughtUp()).isFalse();
  }

  @Test
  void current_isNeverNegative() {
    oldest = clock.instant().plusSeconds(2);

    assertThat(lag.current()).isZero();
  }
}
