package dev.forebay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.kv.KvPair;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.DocumentMetadata;
import dev.forebay.model.Snapshot;
import dev.forebay.worker.verify.AtWork;
import dev.forebay.worker.verify.RollingVerification;
import dev.forebay.worker.verify.Sides;
import dev.forebay.worker.verify.VerifyConfig;
import dev.forebay.worker.verify.VerifyRound;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A leader that looks at KV by itself. */
@NullUnmarked
class RollingVerificationIT extends WorkerFixture {

  private static final Duration ROUND = Duration.ofSeconds(2);
  private static final Duration SPACING = Duration.ofMillis(50);
  private static final Duration PAUSE = Duration.ofMillis(400);

  @BeforeEach
  void prepare() throws SQLException {
    harness.execute("insert into tag select i, 't' || i from generate_series(1, 60) i");
    harness.verify = new VerifyConfig(ROUND, SPACING, PAUSE, true);
  }

  private double drift(String kind) {
    return harness
        .metrics
        .get("forebay.drift.documents")
        .tags("model", "tag", "kind", kind)
        .gauge()
        .value();
  }

  private double metric(String name) {
    return harness.metrics.get(name).gauge().value();
  }

  private void awaitRounds(int more) {
    await().atMost(Harness.LIMIT).until(() -> harness.worker().verified().isPresent());
    for (int i = 0; i < more; i++) {
      VerifyRound before = harness.worker().verified().orElseThrow();
      await()
          .atMost(Harness.LIMIT)
          .until(() -> !harness.worker().verified().orElseThrow().equals(before));
    }
  }

  @Test
  void rounds_findWhatOtherHandsDid_mendIt_andSaySo() throws SQLException {
    harness.start();
    harness.awaitExact();
    assertThat(drift("missing")).as("before the first round").isNaN();
    awaitRounds(0);
    assertThat(drift("missing")).isZero();
    assertThat(harness.changes()).as("what is right is written once").hasSize(60);

    harness.putDirectly("tag:t1", "{}");
    harness.deleteDirectly("tag:t2");
    harness.putDirectly("tag:ghost", "{}");

    Map<String, Double> most = new HashMap<>();
    await()
        .atMost(Harness.LIMIT)
        .untilAsserted(() -> {
          for (String kind : new String[] {"missing", "extra", "different", "stale"}) {
            most.merge(kind, drift(kind), Math::max);
          }
          assertThat(most)
              .isEqualTo(Map.of("missing", 1.0, "extra", 1.0, "different", 1.0, "stale", 0.0));
        });
    harness.awaitExact();
    awaitRounds(2);
    assertThat(drift("missing") + drift("extra") + drift("different")).isZero();
    assertThat(harness.query("select count(*) from " + harness.slotName() + ".suspect"))
        .isEqualTo("0");
    assertThat(metric("forebay.verify.round")).isPositive();
    assertThat(metric("forebay.verify.round.end")).isGreaterThan(1.7e9);
    assertThat(harness.metrics.get("forebay.verify.documents").counter().count())
        .isGreaterThanOrEqualTo(180);
  }

  @Test
  void rounds_leaveDeadLettersOut_andFindTheOthers() throws SQLException {
    harness.start();
    harness.awaitExact();
    // KV holds no such key; of the other one it keeps what it has.
    harness.execute("insert into tag values (61, repeat('x', 600))");
    await().atMost(Harness.LIMIT).until(() -> harness.worker().status().deadLetters() == 1);
    harness.ledger.deadLetters().add(new DocumentKey("tag", List.of("t3"), "tag:t3"), "too large");
    harness.putDirectly("tag:t3", "{}");
    harness.putDirectly("tag:t4", "{}");

    await().atMost(Harness.LIMIT).until(() -> drift("different") == 1);
    await().atMost(Harness.LIMIT).until(() -> harness.stored().get("tag:t4").length() > 2);
    awaitRounds(2);
    assertThat(drift("missing") + drift("different") + drift("stale")).isZero();
    assertThat(harness.stored().get("tag:t3")).isEqualTo("{}");
  }

  @Test
  void rounds_findWhatTheWorkerMissed() throws SQLException {
    harness.start();
    harness.awaitExact();
    // As if a change had been lost: KV and the ledger agree, and PostgreSQL says something else.
    String old = "{\"id\": 0}";
    String hash = DocumentDigest.of(old).hash();
    harness.kv.put(
        new KvPair(
            harness.prefix() + "tag:t7",
            old,
            new DocumentMetadata(Snapshot.parse("1:1:"), hash, Instant.EPOCH, "h").toJson(),
            null));
    harness.execute(
        "update %s.document set hash = '%s' where kv_key = 'tag:t7'"
            .formatted(harness.slotName(), hash));

    await().atMost(Harness.LIMIT).until(() -> drift("stale") == 1);
    harness.awaitExact();
  }

  @Test
  void rounds_withMoreWrongThanDriftIs_leaveItToAPerson() throws SQLException {
    harness.start();
    harness.awaitExact();
    for (int i = 0; i < 150; i++) {
      harness.putDirectly("tag:ghost" + i, "{}");
    }
    awaitRounds(2);

    assertThat(drift("extra")).isEqualTo(150);
    assertThat(harness.stored()).hasSize(210);
    assertThat(harness.worker().verified().orElseThrow().repaired()).isZero();
  }

  @Test
  void rounds_makeNoMoreCallsThanTheirBudget() throws SQLException {
    Duration spacing = Duration.ofMillis(1_200);
    harness.verify = new VerifyConfig(Duration.ofSeconds(1), spacing, PAUSE, true);
    harness.start();
    harness.awaitExact();
    awaitRounds(0);
    int before = harness.kv.calls();
    long began = System.nanoTime();

    awaitRounds(3);

    double seconds = (System.nanoTime() - began) / 1e9;
    int calls = harness.kv.calls() - before;
    assertThat(calls).as("a listing of three models, three times").isGreaterThanOrEqualTo(8);
    assertThat(calls).isLessThanOrEqualTo((int) (seconds / 1.2) + 2);
  }

  @Test
  void steps_whileLiveWorkWaits_readNothing() throws Exception {
    harness.verify = VerifyConfig.OFF;
    harness.start();
    harness.awaitExact();
    AtomicBoolean busy = new AtomicBoolean(true);
    RollingVerification rolling =
        new RollingVerification(
            new Sides(harness.pool, harness.models(), harness.ledger, harness.kv, harness.prefix()),
            new VerifyConfig(Duration.ofMillis(1), Duration.ZERO, Duration.ZERO, true),
            AtWork.UNKNOWN,
            busy::get,
            new SimpleMeterRegistry());
    int before = harness.kv.calls();
    for (int i = 0; i < 10; i++) {
      rolling.step();
    }
    assertThat(harness.kv.calls()).isEqualTo(before);

    busy.set(false);
    while (rolling.last().isEmpty()) {
      rolling.step();
    }
    assertThat(harness.kv.calls()).isEqualTo(before + 3);
  }
}
