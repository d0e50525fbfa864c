package dev.forebay.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.EmulatorLimits;
import dev.forebay.kv.emulator.Fault;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.kv.emulator.Operation;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.kv.pace.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever may no longer write sends no further attempt, also not of a call that is under way. */
class WriteGateTest {

  private final AtomicInteger passes = new AtomicInteger(Integer.MAX_VALUE);
  private KvEmulator emulator;
  private CloudflareKvClient client;

  @BeforeEach
  void start() throws IOException {
    emulator = new KvEmulator(EmulatorConfig.of(0, "ns", "t").withLimits(EmulatorLimits.none()));
    KvConfig config =
        KvConfig.of(emulator.namespacesUrl("emulator"), "ns", ApiToken.of("t"))
            .withRetry(
                new RetryPolicy(
                    5, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(10)))
            .withKeyFloor(Duration.ZERO);
    client = new CloudflareKvClient(config, RequestBudget.unlimited(), KvListener.NONE, this::pass);
  }

  @AfterEach
  void stop() {
    client.close();
    emulator.close();
  }

  private void pass() {
    if (passes.getAndDecrement() <= 0) {
      throw new KvException.Cancelled("the lease is lost", null);
    }
  }

  @Test
  void closed_sendsNothing() {
    passes.set(0);

    KeyOutcome outcome = client.bulkWrite(List.of(KvPair.of("a", "1"))).outcome("a");

    assertThat(outcome).isInstanceOf(KeyOutcome.Failed.class);
    assertThat(emulator.requests()).isZero();
  }

  @Test
  void closedBetweenAttempts_sendsNoFurtherOne() {
    emulator.faults().next(5, Operation.BULK_WRITE, Fault.serverError(500));
    passes.set(2);

    KeyOutcome outcome = client.bulkWrite(List.of(KvPair.of("a", "1"))).outcome("a");

    assertThat(outcome)
        .isInstanceOfSatisfying(
            KeyOutcome.Failed.class,
            failed -> assertThat(failed.cause()).hasMessageContaining("the lease is lost"));
    assertThat(emulator.requests()).isEqualTo(2);
  }

  @Test
  void closedAfterAnAttemptWithoutAnAnswer_leavesTheKeyInDoubt() {
    emulator.faults().next(1, Operation.BULK_DELETE, Fault.disconnectMidBody());
    passes.set(1);

    KeyOutcome outcome = client.bulkDelete(List.of("a")).outcome("a");

    assertThat(outcome).isInstanceOf(KeyOutcome.Ambiguous.class);
  }

  @Test
  void closed_readsAllTheSame() {
    passes.set(0);

    client.check();

    assertThat(emulator.requests()).isEqualTo(1);
  }
}
