package dev.forebay.worker.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.kv.KvException;
import dev.forebay.ledger.Lease;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.LedgerException.LeaseLost;
import dev.forebay.ledger.testing.LedgerFixture;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a holder may believe in its lease; its clocks are moved by hand. */
@NullUnmarked
class LeaderLeaseIT extends LedgerFixture {

  private static final LeaseTiming TIMING = LeaseTiming.standard();

  private long nanos;
  private Instant wall = Instant.parse("2026-11-25T10:00:00Z");
  private LeaderLease lease;

  @BeforeEach
  void take() {
    lease = new LeaderLease(ledger.lease(), "test", TIMING, () -> nanos, () -> wall);
    assertThat(lease.tryTake()).isTrue();
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
    wall = wall.plus(time);
  }

  /** Another worker leads, and this one has not been told. */
  private void steal() {
    assertThat(ledger.lease().tryTake("thief", Duration.ZERO)).isPresent();
  }

  @Test
  void timing_trustsNoLongerThanTheLeaseIsKept() {
    assertThatThrownBy(() ->
            new LeaseTiming(
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(8),
                Duration.ofSeconds(8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT8S");
  }

  @Test
  void prove_whileTheLastProofIsYoung_asksNobody() {
    steal();
    pass(TIMING.trustFor());

    lease.prove();
  }

  @Test
  void prove_afterThat_asksTheDatabase() {
    pass(TIMING.trustFor().plusMillis(1));
    lease.prove();
    assertThat(lease.age()).isZero();

    steal();
    pass(TIMING.trustFor().plusMillis(1));

    assertThatThrownBy(lease::prove).isInstanceOf(LeaseLost.class).hasMessageContaining("term 2");
    assertThat(lease.isHeld()).isFalse();
  }

  /** A suspended machine's monotonic clock stands still; a clock that was set back shows less. */
  @Test
  void age_believesTheClockThatShowsMore() {
    wall = wall.plusSeconds(60);
    assertThat(lease.age()).isEqualTo(Duration.ofSeconds(60));

    wall = wall.minusSeconds(120);
    nanos += Duration.ofSeconds(5).toNanos();
    assertThat(lease.age()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void renew_countsFromBeforeTheDatabaseWasAsked() {
    AtomicInteger reads = new AtomicInteger();
    LeaderLease slow =
        new LeaderLease(
            ledger.lease(),
            "slow",
            TIMING,
            () -> reads.getAndIncrement() == 0 ? 0 : Duration.ofSeconds(3).toNanos(),
            () -> wall);
    ledger.lease().release(lease.term());

    assertThat(slow.tryTake()).isTrue();

    assertThat(slow.age()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void prove_databaseAway_isNoProofAndNoLoss() throws SQLException {
    execute("alter table " + instance.databaseName() + ".lease rename to away");
    pass(TIMING.trustFor().plusMillis(1));

    assertThatThrownBy(lease::prove)
        .isInstanceOf(LedgerException.class)
        .isNotInstanceOf(LeaseLost.class);
    assertThatThrownBy(lease::pass).isInstanceOf(KvException.Cancelled.class);
    assertThat(lease.isHeld()).isTrue();

    execute("alter table " + instance.databaseName() + ".away rename to lease");
    lease.prove();
  }

  @Test
  void lost_staysLostHoweverYoungTheProof() {
    lease.lose(new LeaseLost("a ledger transaction found out"));

    assertThatThrownBy(lease::prove).isInstanceOf(LeaseLost.class);
    assertThatThrownBy(lease::tryTake).isInstanceOf(LeaseLost.class);
    assertThatThrownBy(lease::pass).isInstanceOf(KvException.Cancelled.class);
  }

  @Test
  void release_freesItAtOnceAndForGood() {
    lease.release();

    assertThatThrownBy(lease::prove).isInstanceOf(LeaseLost.class);
    Lease.State state = ledger.lease().state();
    assertThat(state.released()).isTrue();
    assertThat(ledger.lease().tryTake("next", TIMING.freeAfter())).hasValue(2);
  }

  @Test
  void openCalls_recordsWhatWasEnteredAndNotLeft() {
    OpenCalls calls = new OpenCalls(lease, ledger.suspects(), Duration.ofMinutes(4));
    calls.enter(List.of(key("a"), key("b")));
    calls.leave(List.of(key("b").kvKey()));
    steal();
    pass(TIMING.trustFor().plusMillis(1));
    assertThatThrownBy(() -> calls.enter(List.of(key("c")))).isInstanceOf(LeaseLost.class);

    assertThat(calls.record()).isEqualTo(2);

    assertThat(ledger.suspects().list())
        .extracting(suspect -> suspect.key().kvKey())
        .as("c may have been entered by a call that was made")
        .containsExactly("article:a", "article:c");
  }
}
