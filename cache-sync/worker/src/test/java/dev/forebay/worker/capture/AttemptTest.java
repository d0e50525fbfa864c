package dev.forebay.worker.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
}
