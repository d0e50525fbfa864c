package dev.forebay.kv.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvEntry;
import dev.forebay.kv.KvException;
import dev.forebay.kv.KvKey;
import dev.forebay.kv.KvPair;
import dev.forebay.kv.testing.InMemoryKvClient.Applied;
import dev.forebay.kv.testing.InMemoryKvClient.Fault;
import dev.forebay.kv.testing.InMemoryKvClient.When;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InMemoryKvClientTest {

  private static final Instant OPEN = Instant.parse("2026-11-23T19:00:00Z");
  private final KvException cause = new KvException.Unavailable("told to fail", null);

  private final InMemoryKvClient kv = new InMemoryKvClient();

  @Test
  void writes_areStoredListedAndLogged() {
    kv.bulkWrite(List.of(new KvPair("b", "2", "{\"v\":1}", null), KvPair.of("a", "1")));
    kv.bulkDelete(List.of("a", "missing"));

    assertThat(kv.get("b")).contains(new KvEntry("2", "{\"v\":1}"));
    assertThat(kv.keys("")).containsExactly(new KvKey("b", null, "{\"v\":1}"));
    assertThat(kv.stored()).containsOnlyKeys("b");
    assertThat(kv.log()).extracting(Applied::key).containsExactly("b", "a", "a", "missing");
  }

  @Test
  void fail_appliesNothingAndIsUsedUp() {
    kv.next(1, new Fault.Fail(cause));

    assertThat(write("a", "1")).isEqualTo(new KeyOutcome.Failed(cause));
    assertThat(kv.stored()).isEmpty();
    assertThat(write("a", "1")).isEqualTo(new KeyOutcome.Stored(null));
    kv.next(1, new Fault.Fail(cause));
    assertThatThrownBy(kv::check).isSameAs(cause);
  }

  @Test
  void failKeys_failsThoseAlone() {
    kv.next(1, new Fault.FailKeys("a"::equals, cause));

    assertThat(kv.bulkWrite(List.of(KvPair.of("a", "1"), KvPair.of("b", "1"))).outcomes())
        .containsEntry("a", new KeyOutcome.Failed(cause))
        .containsEntry("b", new KeyOutcome.Stored(null));
    assertThat(kv.stored()).containsOnlyKeys("b");
  }

  @Test
  void doubt_isAppliedNowOrNeverOrLate() {
    kv.next(1, new Fault.Doubt(When.NOW, OPEN));
    kv.next(1, new Fault.Doubt(When.NEVER, OPEN));
    kv.next(1, new Fault.Doubt(When.LATE, OPEN));
    assertThat(List.of(write("now", "1"), write("never", "1"), write("late", "old")))
        .allSatisfy(outcome ->
            assertThat(outcome)
                .isInstanceOfSatisfying(
                    KeyOutcome.Ambiguous.class, it -> assertThat(it.openUntil()).isEqualTo(OPEN)));
    assertThat(kv.stored()).containsOnlyKeys("now");

    write("late", "new");
    kv.applyLate();

    assertThat(kv.get("late")).contains(new KvEntry("old", null));
    assertThat(kv.log().getLast().late()).isTrue();
  }

  @Test
  void storedAfterDoubt_saysUntilWhen() {
    kv.next(1, new Fault.StoredAfterDoubt(OPEN));
    assertThat(write("a", "1")).isEqualTo(new KeyOutcome.Stored(OPEN));
  }

  @Test
  void heal_forgetsFaults() {
    kv.next(9, new Fault.Fail(cause));
    kv.heal();
    assertThat(write("a", "1")).isEqualTo(new KeyOutcome.Stored(null));
  }

  @Test
  void overlaps_nameKeysWrittenByTwoCallsAtOnce() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    kv.beforeEachCall(() -> {
      inside.countDown();
      await(go);
    });
    CompletableFuture<KeyOutcome> first = CompletableFuture.supplyAsync(() -> write("a", "1"));
    assertThat(inside.await(5, TimeUnit.SECONDS)).isTrue();
    kv.beforeEachCall(() -> {});
    write("b", "1");
    assertThat(kv.overlaps()).isEmpty();
    write("a", "2");
    go.countDown();

    assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo(new KeyOutcome.Stored(null));
    assertThat(kv.overlaps()).containsExactly("a");
  }

  private KeyOutcome write(String key, String value) {
    return kv.bulkWrite(List.of(KvPair.of(key, value))).outcome(key);
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(5, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody let the call go");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
