package dev.forebay.worker.acknowledge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.worker.dirty.Cause;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InFlightTransactionsTest {

  private final InFlightTransactions<String> inFlight = new InFlightTransactions<>();

  @Test
  void takeSettled_stopsAtTheFirstThatIsNotSettled() {
    Cause first = begun(1);
    inFlight.end("first");
    Cause second = begun(2);
    second.hold();
    inFlight.end("second");
    begun(3);
    inFlight.end("third");

    assertThat(first.isSettled()).isTrue();
    assertThat(inFlight.takeSettled()).contains("first");
    assertThat(inFlight.takeSettled()).isEmpty();

    second.release();

    assertThat(inFlight.takeSettled()).contains("third");
    assertThat(inFlight.size()).isZero();
  }

  @Test
  void takeSettled_neverTakesHalfATransaction() {
    Cause cause = begun(1);
    cause.hold();
    cause.release();

    assertThat(inFlight.takeSettled()).isEmpty();
    inFlight.end("end");
    assertThat(inFlight.takeSettled()).contains("end");
  }

  @Test
  void oldestUnsettled_looksPastSettledOnes() {
    begun(1);
    inFlight.end("first");
    begun(2);

    assertThat(inFlight.oldestUnsettled()).contains(Instant.EPOCH.plusSeconds(2));
  }

  private Cause begun(long xid) {
    Cause cause = Cause.transaction(xid, Instant.EPOCH.plusSeconds(xid));
    inFlight.begin(cause);
    return cause;
  }
}
