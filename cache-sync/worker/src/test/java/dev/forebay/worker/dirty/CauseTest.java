package dev.forebay.worker.dirty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CauseTest {

  @Test
  void settled_onlyAfterEveryHoldAndTheClose() {
    Cause cause = Cause.request();
    cause.hold();
    cause.close();
    assertThat(cause.isSettled()).isFalse();

    cause.release();

    assertThat(cause.isSettled()).isTrue();
  }

  @Test
  void release_oftenerThanHeld_isRefused() {
    Cause cause = Cause.request();
    cause.close();

    assertThatThrownBy(cause::release).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(cause::hold).isInstanceOf(IllegalStateException.class);
  }
}
