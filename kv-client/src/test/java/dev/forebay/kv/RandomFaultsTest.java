package dev.forebay.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.kv.emulator.Applied;
import dev.forebay.kv.emulator.EmulatedNamespace;
import dev.forebay.kv.emulator.EmulatorConfig;
import dev.forebay.kv.emulator.EmulatorLimits;
import dev.forebay.kv.emulator.Fault;
import dev.forebay.kv.emulator.KvEmulator;
import dev.forebay.kv.emulator.ManualClock;
import dev.forebay.kv.emulator.Operation;
import dev.forebay.kv.emulator.StoredValue;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.kv.pace.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes wrong, in whatever order: what the client says is what the server's log shows. */
class RandomFaultsTest {

  private static final Duration LATE = Duration.ofSeconds(60);
  private static final int CALLS = 25;

  private final ManualClock clock = new ManualClock(Instant.now());

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void outcomes_agreeWithTheLog(long seed) throws IOException {
    Random random = new Random(seed);
    EmulatorConfig config =
        EmulatorConfig.of(0, "ns", "t").withClock(clock).withLimits(EmulatorLimits.none());
    try (KvEmulator emulator = new KvEmulator(config);
        CloudflareKvClient client = client(emulator)) {
      EmulatedNamespace namespace = emulator.namespace("emulator", "ns");
      for (int call = 0; call < CALLS; call++) {
        emulator.faults().clear();
        for (int i = random.nextInt(6); i > 0; i--) {
          emulator.faults().next(1, Operation.BULK_WRITE, fault(random));
        }
        String value = "call " + call;
        List<KvPair> pairs =
            IntStream.range(0, 1 + random.nextInt(7))
                .mapToObj(i -> KvPair.of("key-" + i, value))
                .toList();
        long before = emulator.requests();

        BulkResult result = client.bulkWrite(pairs);

        clock.advance(LATE.plusSeconds(1));
        List<Applied> applied =
            namespace.log().stream().filter(entry -> entry.request() > before).toList();
        for (KvPair pair : pairs) {
          check(pair, result.outcome(pair.key()), applied, namespace);
        }
      }
    }
  }

  private static void check(
      KvPair pair, KeyOutcome outcome, List<Applied> all, EmulatedNamespace namespace) {
    List<Applied> applied = all.stream().filter(a -> a.key().equals(pair.key())).toList();
    switch (outcome) {
      case KeyOutcome.Stored(Instant openUntil) -> {
        assertThat(namespace.find(pair.key()).map(StoredValue::text)).contains(pair.value());
        if (openUntil == null) {
          assertThat(applied).as("%s", pair.key()).hasSize(1);
        } else {
          assertThat(applied).isNotEmpty().noneMatch(a -> a.at().isAfter(openUntil));
        }
      }
      case KeyOutcome.Failed failed -> assertThat(applied).as("%s", failed).isEmpty();
      case KeyOutcome.Ambiguous ambiguous ->
          assertThat(applied).noneMatch(a -> a.at().isAfter(ambiguous.openUntil()));
    }
  }

  private static Fault fault(Random random) {
    Fault.Effect effect =
        switch (random.nextInt(3)) {
          case 0 -> new Fault.Effect.Applied();
          case 1 -> new Fault.Effect.Dropped();
          default -> new Fault.Effect.Late(Duration.ofSeconds(random.nextInt(60)));
        };
    return switch (random.nextInt(8)) {
      case 0 -> Fault.html524(effect);
      case 1 -> new Fault(effect, new Fault.Answer.Disconnect());
      case 2 -> new Fault(effect, new Fault.Answer.DisconnectMidBody());
      case 3 -> new Fault(effect, new Fault.Answer.Silence());
      case 4 -> Fault.throttled(random.nextBoolean() ? null : Duration.ofMinutes(1));
      case 5 -> Fault.serverError(random.nextBoolean() ? 500 : 503);
      case 6 -> Fault.failKeys(key -> key.hashCode() % 2 == 0);
      default -> Fault.latency(Duration.ofMillis(random.nextInt(5)));
    };
  }

  private CloudflareKvClient client(KvEmulator emulator) {
    KvConfig config =
        KvConfig.of(emulator.namespacesUrl("emulator"), "ns", ApiToken.of("t"))
            .withBatch(3, 100_000)
            .withCallTimeout(Duration.ofMillis(300))
            .withLateApplyWindow(LATE)
            .withRetry(
                new RetryPolicy(
                    3, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(10)))
            .withKeyFloor(Duration.ZERO);
    return new CloudflareKvClient(
        config, RequestBudget.unlimited(), KvListener.NONE, new OkHttpClient(), clock);
  }
}
