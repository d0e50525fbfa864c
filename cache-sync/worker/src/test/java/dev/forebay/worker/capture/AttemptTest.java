package dev.forebay.worker.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AttemptTest {

  private final List<String> requests = new ArrayList<>();
  private final Attempt attempt = new Attempt(requests::add);

  @Test
  void markerBeforeTheHeartbeat_provesTheSlot() throws InterruptedException {
    attempt.heard("start of another attempt");
    attempt.heard("another attempt's nonce");
    attempt.heard(attempt.marker());
    attempt.heard(attempt.nonce());

    assertThat(requests).isEmpty();
  }

  @Test
  void heartbeatWithoutTheMarker_requestsOneResync() throws InterruptedException {
    attempt.heard(attempt.nonce());
    attempt.heard(attempt.nonce());

    assertThat(requests).containsExactly("replication slot replaced");
  }

  /**
   * An engine goes on with the next batch after what it takes for retriable, and loses this one.
   */
  @Test
  void requestThatFails_isRepeatedAndNothingEscapes() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    Attempt failing =
        new Attempt(reason -> {
          if (calls.incrementAndGet() == 1) {
            throw new SQLException("away");
          }
          requests.add(reason);
        });

    failing.heard(failing.nonce());

    assertThat(requests).hasSize(1);
  }
}
