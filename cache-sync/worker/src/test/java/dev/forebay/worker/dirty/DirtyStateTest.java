package dev.forebay.worker.dirty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import dev.forebay.worker.dirty.DirtyState.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What people are told of one document, stage by stage. */
class DirtyStateTest {

  private static final Snapshot SEES_ALL = Snapshot.parse("100:100:");
  private static final Duration SPACING = Duration.ofSeconds(4);

  private final MutableClock clock = new MutableClock();
  private final DirtyDocuments dirty = new DirtyDocuments(clock, 1_000);

  private static DocumentKey key(String slug) {
    return new DocumentKey("article", List.of(slug), "article:" + slug);
  }

  private Cause change(long xid) {
    Cause cause = Cause.transaction(xid, clock.instant());
    cause.widened(xid);
    return cause;
  }

  private DirtyState state(String slug) {
    return dirty.find("article:" + slug).orElseThrow();
  }

  private Claim claim() throws InterruptedException {
    return dirty.claim(1, Lane.ALL, Duration.ZERO).getFirst();
  }

  @Test
  void waiting_countsWhatGoesFirst() {
    dirty.mark(List.of(key("r1"), key("r2")), Cause.request());
    Instant committed = clock.instant();
    dirty.mark(List.of(key("a"), key("b")), change(1));
    clock.advance(Duration.ofSeconds(3));

    assertThat(state("b"))
        .isEqualTo(
            new DirtyState(Stage.WAITING, true, 0, Duration.ZERO, 1, committed, committed, null));
    assertThat(state("r2").ahead()).as("two live ones and a request").isEqualTo(3);
    assertThat(state("r2").live()).isFalse();
    assertThat(state("r2").oldestCommit()).isNull();
    assertThat(dirty.find("article:nobody")).isEmpty();
    assertThat(dirty.dirtyOf(List.of("article:a", "article:c"))).isEqualTo(Set.of("article:a"));
  }

  @Test
  void claimed_untilItIsSettled() throws InterruptedException {
    dirty.mark(List.of(key("a")), change(1));
    Claim claim = claim();
    assertThat(state("a").stage()).isEqualTo(Stage.CLAIMED);
    assertThat(state("a").live()).isTrue();

    dirty.settled(claim, SEES_ALL, clock.instant().plus(SPACING));

    assertThat(dirty.find("article:a")).as("cooling is clean").isEmpty();
  }

  @Test
  void spaced_saysHowLong() throws InterruptedException {
    dirty.mark(List.of(key("a")), change(1));
    dirty.settled(claim(), SEES_ALL, clock.instant().plus(SPACING));
    clock.advance(Duration.ofSeconds(1));
    dirty.mark(List.of(key("a")), change(200));

    assertThat(state("a").stage()).isEqualTo(Stage.SPACED);
    assertThat(state("a").due()).isEqualTo(Duration.ofSeconds(3));
    assertThat(state("a").since()).isEqualTo(clock.instant());
  }

  @Test
  void retrying_saysWhyAndHowOften_untilItIsSettled() throws InterruptedException {
    dirty.mark(List.of(key("a")), change(1));
    dirty.retryRest(List.of(claim()), clock.instant(), "HTTP 500");
    assertThat(state("a").stage()).isEqualTo(Stage.WAITING);
    dirty.retryRest(List.of(claim()), clock.instant().plus(SPACING));

    assertThat(state("a").stage()).isEqualTo(Stage.RETRYING);
    assertThat(state("a").attempts()).isEqualTo(2);
    assertThat(state("a").failure()).isEqualTo("HTTP 500");

    clock.advance(SPACING);
    dirty.settled(claim(), SEES_ALL, clock.instant());
    dirty.mark(List.of(key("a")), Cause.request());
    assertThat(state("a").failure()).isNull();
    assertThat(state("a").attempts()).isZero();
  }
}
