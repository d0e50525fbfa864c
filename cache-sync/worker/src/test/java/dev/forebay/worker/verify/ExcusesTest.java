package dev.forebay.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ledger.Documents.Known;
import dev.forebay.ledger.ResyncProgress.Phase;
import dev.forebay.ledger.ResyncProgress.Reached;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import dev.forebay.worker.verify.Awaited.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the worker is known to be about to write, and what it is not. */
class ExcusesTest {

  private static final DocumentKey KEY = new DocumentKey("note", List.of("a"), "note:a");
  private static final Snapshot OLD = Snapshot.parse("10:12:11");
  private static final Snapshot SINCE = Snapshot.parse("20:20:");
  private static final Snapshot NEW = Snapshot.parse("30:30:");
  private static final Duration BETWEEN = Duration.ofSeconds(65);

  private static Known given(@Nullable String hash, @Nullable Snapshot version) {
    return new Known(hash, version, hash == null ? null : Duration.ofHours(1), null);
  }

  /** KV and the database as at the first look, and again 65 s later. */
  private static @Nullable Why excuse(
      Excuses.Before before, @Nullable String held, @Nullable String wanted, Known known) {
    Verdict now = Verdict.of(held, wanted, known);
    Verdict first = new Verdict(now.kind(), held, wanted, known, now.at() - BETWEEN.toNanos());
    return before.excuse(KEY, now, first).orElse(null);
  }

  private static Excuses.Before worker(Duration lag, String... dirty) {
    return new Excuses.Before(new AtWork.Now(Set.of(dirty), lag), Map.of(), Set.of());
  }

  private static Excuses.Before resync(@Nullable Phase phase) {
    Map<String, @Nullable Reached> resyncs = new HashMap<>();
    resyncs.put("note", phase == null ? null : new Reached(SINCE, phase, null, 1, 2));
    return new Excuses.Before(new AtWork.Now(Set.of(), Duration.ZERO), resyncs, Set.of());
  }

  @Test
  void requestedDocument_isAwaited() {
    Excuses.Before requested =
        new Excuses.Before(new AtWork.Now(Set.of(), Duration.ZERO), Map.of(), Set.of("note:a"));

    assertThat(excuse(requested, "old", "new", given("old", OLD))).isEqualTo(Why.REQUESTED);
    assertThat(excuse(requested, "other", "old", given("old", OLD))).isNull();
  }

  @Test
  void dirtyDocument_isAwaited() {
    Excuses.Before dirty = worker(Duration.ZERO, "note:a");

    assertThat(excuse(dirty, "old", "new", given("old", OLD))).isEqualTo(Why.DIRTY);
    assertThat(excuse(dirty, null, "new", given(null, null))).isEqualTo(Why.DIRTY);
    assertThat(excuse(dirty, "old", null, given("old", OLD))).isEqualTo(Why.DIRTY);
    assertThat(excuse(worker(Duration.ZERO), "old", "new", given("old", OLD))).isNull();
  }

  @Test
  void whatOtherHandsDid_isDriftWhateverTheWorkerDoes() {
    for (Excuses.Before before :
        List.of(worker(Duration.ofHours(1), "note:a"), resync(Phase.PRESENT), resync(null))) {
      assertThat(excuse(before, "theirs", "new", given("new", OLD))).as("overwritten").isNull();
      assertThat(excuse(before, null, "new", given("new", OLD))).as("deleted").isNull();
      assertThat(excuse(before, "theirs", null, given(null, null))).as("ghost").isNull();
      assertThat(excuse(before, "theirs", "new", given("old", OLD))).as("both").isNull();
    }
  }

  @Test
  void callInFlight_isAwaitedWhateverKvHolds() {
    Known open = new Known("new", NEW, Duration.ofSeconds(1), Instant.EPOCH);

    assertThat(excuse(worker(Duration.ZERO, "note:a"), "old", "new", open)).isEqualTo(Why.DIRTY);
  }

  @Test
  void resync_awaitsWhatItHasNotReached() {
    assertThat(excuse(resync(null), "old", "new", given("old", NEW))).isEqualTo(Why.RESYNC);
    assertThat(excuse(resync(Phase.PRESENT), "old", "new", given("old", OLD)))
        .isEqualTo(Why.RESYNC);
    assertThat(excuse(resync(Phase.PUBLISHED), "old", null, given("old", OLD)))
        .isEqualTo(Why.RESYNC);
    assertThat(excuse(resync(Phase.PRESENT), null, "new", given(null, null))).isEqualTo(Why.RESYNC);

    assertThat(excuse(resync(Phase.PRESENT), "old", "new", given("old", NEW)))
        .as("it was settled since")
        .isNull();
    assertThat(excuse(resync(Phase.PUBLISHED), null, "new", given(null, null)))
        .as("all that the model has now were gone through")
        .isNull();
  }

  @Test
  void lag_awaitsWhatMayBeYoungerThanIt() {
    Known known = given("old", OLD);

    assertThat(excuse(worker(BETWEEN.plusSeconds(1)), "old", "new", known)).isEqualTo(Why.LAG);
    assertThat(excuse(worker(BETWEEN.minusSeconds(1)), "old", "new", known)).isNull();
  }
}
