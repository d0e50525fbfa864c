package dev.forebay.worker.dirty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DirtyDocumentsTest {

  private static final Snapshot SEES_BELOW_100 = Snapshot.parse("100:100:");

  private final MutableClock clock = new MutableClock();
  private final DirtyDocuments dirty = new DirtyDocuments(clock, 1_000);

  @Test
  void mark_manyTimes_isClaimedOnceWithEveryCause() throws InterruptedException {
    Cause first = transaction(1);
    Cause second = transaction(2);
    dirty.mark(List.of(key("a")), first);
    dirty.mark(List.of(key("a"), key("a")), second);

    List<Claim> claims = claim();

    assertThat(claims).hasSize(1);
    assertThat(claims.getFirst().causes()).containsExactly(first, second);
    assertThat(claim()).isEmpty();
  }

  @Test
  void settled_releasesTheCauses() throws InterruptedException {
    Cause cause = transaction(1);
    dirty.mark(List.of(key("a")), cause);
    cause.close();
    assertThat(cause.isSettled()).isFalse();

    dirty.settled(claim().getFirst(), SEES_BELOW_100, clock.instant());

    assertThat(cause.isSettled()).isTrue();
    assertThat(dirty.size()).isZero();
  }

  @Test
  void settled_releasesWhatCameMeanwhileOnlyIfTheSnapshotSeesIt() throws InterruptedException {
    dirty.mark(List.of(key("a")), transaction(1));
    Claim claim = claim().getFirst();
    Cause seen = transaction(99);
    Cause unseen = transaction(100);
    dirty.mark(List.of(key("a")), seen);
    dirty.mark(List.of(key("a")), unseen);

    dirty.settled(claim, SEES_BELOW_100, clock.instant());

    assertThat(claim().getFirst().causes()).containsExactly(unseen);
  }

  @Test
  void mark_byAChangeThatTheSettledVersionContains_makesNothingDirty() throws InterruptedException {
    dirty.mark(List.of(key("a")), transaction(1));
    dirty.settled(claim().getFirst(), SEES_BELOW_100, clock.instant());
    clock.advance(Duration.ofHours(1));
    Cause contained = transaction(99);
    Cause later = transaction(100);

    dirty.mark(List.of(key("a"), key("b")), contained);
    assertThat(claim()).extracting(Claim::key).containsExactly(key("b"));
    dirty.mark(List.of(key("a")), later);
    assertThat(claim()).extracting(Claim::key).containsExactly(key("a"));
  }

  @Test
  void mark_byARequest_needsNoChange() throws InterruptedException {
    dirty.mark(List.of(key("a")), transaction(1));
    dirty.settled(claim().getFirst(), SEES_BELOW_100, clock.instant());

    dirty.mark(List.of(key("a")), Cause.request());

    assertThat(claim()).hasSize(1);
  }

  @Test
  void forgetVersions_forgetsThoseOfBuildsInFlightToo() throws InterruptedException {
    dirty.mark(List.of(key("settled"), key("claimed")), transaction(1));
    List<Claim> claims = claim();
    dirty.settled(claims.getFirst(), SEES_BELOW_100, clock.instant());

    dirty.forgetVersions();
    dirty.settled(claims.getLast(), SEES_BELOW_100, clock.instant());
    dirty.mark(List.of(key("settled"), key("claimed")), transaction(2));

    assertThat(claim()).hasSize(2);
  }

  @Test
  void settledVersions_areBounded() throws InterruptedException {
    DirtyDocuments small = new DirtyDocuments(clock, 2);
    for (String slug : List.of("a", "b", "c")) {
      small.mark(List.of(key(slug)), transaction(1));
      small.settled(
          small.claim(1, Lane.ALL, Duration.ZERO).getFirst(), SEES_BELOW_100, clock.instant());
    }

    small.mark(List.of(key("a"), key("c")), transaction(2));

    assertThat(small.claim(10, Lane.ALL, Duration.ZERO))
        .as("the first is forgotten, and built once more")
        .extracting(Claim::key)
        .containsExactly(key("a"));
  }

  @Test
  void settled_keepsARequestThatCameMeanwhile() throws InterruptedException {
    dirty.mark(List.of(key("a")), transaction(1));
    Claim claim = claim().getFirst();
    Cause resync = Cause.request();
    dirty.mark(List.of(key("a")), resync);

    dirty.settled(claim, SEES_BELOW_100, clock.instant());

    assertThat(claim().getFirst().causes()).containsExactly(resync);
  }

  @Test
  void claim_doesNotTakeAKeyThatIsInFlight() throws InterruptedException {
    dirty.mark(List.of(key("a")), transaction(1));
    Claim claim = claim().getFirst();
    dirty.mark(List.of(key("a")), transaction(200));

    assertThat(claim()).isEmpty();
    dirty.settled(claim, SEES_BELOW_100, clock.instant());
    assertThat(claim()).hasSize(1);
  }

  @Test
  void claim_waitsForTheSpacingOfAKey() throws InterruptedException {
    dirty.mark(List.of(key("a")), transaction(1));
    dirty.settled(claim().getFirst(), SEES_BELOW_100, clock.instant().plus(Duration.ofSeconds(1)));
    dirty.mark(List.of(key("a")), transaction(200));

    assertThat(claim()).isEmpty();
    clock.advance(Duration.ofMillis(999));
    assertThat(claim()).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(claim()).hasSize(1);
  }

  @Test
  void claim_waitsForTheSpacingEvenIfTheKeyWasQueuedTwice() throws InterruptedException {
    dirty.mark(List.of(key("a")), Cause.request());
    dirty.mark(List.of(key("a")), transaction(1));
    dirty.settled(claim().getFirst(), SEES_BELOW_100, clock.instant().plus(Duration.ofSeconds(1)));
    dirty.mark(List.of(key("a")), transaction(200));

    assertThat(claim()).isEmpty();
  }

  @Test
  void claim_takesLiveChangesAheadOfRequests() throws InterruptedException {
    dirty.mark(List.of(key("backfill")), Cause.request());
    dirty.mark(List.of(key("live")), transaction(1));

    assertThat(dirty.claim(1, Lane.ALL, Duration.ZERO))
        .extracting(Claim::key)
        .containsExactly(key("live"));
  }

  @Test
  void claim_takesARequestedDocumentAheadOnceItHasALiveChange() throws InterruptedException {
    dirty.mark(List.of(key("a"), key("b")), Cause.request());
    dirty.mark(List.of(key("b")), transaction(1));

    assertThat(dirty.claim(1, Lane.ALL, Duration.ZERO))
        .extracting(Claim::key)
        .containsExactly(key("b"));
  }

  @Test
  void claim_ofLiveChangesAlone_leavesRequestsToOthers() throws InterruptedException {
    dirty.mark(List.of(key("backfill"), key("both")), Cause.request());
    dirty.mark(List.of(key("both"), key("live")), transaction(1));

    assertThat(dirty.claim(10, Lane.LIVE, Duration.ZERO))
        .extracting(Claim::key)
        .containsExactlyInAnyOrder(key("both"), key("live"));
    assertThat(claim()).extracting(Claim::key).containsExactly(key("backfill"));
  }

  @Test
  void claim_ofTheBacklog_takesAWholeBatchOfOneKindOrNothing() throws InterruptedException {
    dirty.mark(List.of(key("backfill"), key("another")), Cause.request());
    dirty.mark(List.of(key("live")), transaction(1));

    assertThat(dirty.claim(3, Lane.BACKLOG, Duration.ZERO)).isEmpty();

    dirty.mark(List.of(key("third")), Cause.request());
    assertThat(dirty.claim(3, Lane.BACKLOG, Duration.ZERO))
        .extracting(Claim::key)
        .containsExactly(key("backfill"), key("another"), key("third"));
  }

  @Test
  void claim_ofRequests_leavesLiveChangesToTheirOwnLane() throws InterruptedException {
    dirty.mark(List.of(key("live")), transaction(1));
    dirty.mark(List.of(key("backfill")), Cause.request());

    assertThat(dirty.claim(10, Lane.REQUESTED, Duration.ZERO))
        .extracting(Claim::key)
        .containsExactly(key("backfill"));
  }

  @Test
  void claim_ofRequests_helpsWithLiveChanges_whereManyOrNothingElseWaits() throws Exception {
    dirty.mark(List.of(key("backfill")), Cause.request());
    dirty.mark(List.of(key("live"), key("more")), transaction(1));

    assertThat(dirty.claim(2, Lane.REQUESTED, Duration.ZERO))
        .extracting(Claim::key)
        .containsExactly(key("live"), key("more"));

    dirty.mark(List.of(key("third")), transaction(1));
    assertThat(dirty.claim(2, Lane.REQUESTED, Duration.ZERO))
        .extracting(Claim::key)
        .containsExactly(key("backfill"));
    assertThat(dirty.claim(2, Lane.REQUESTED, Duration.ZERO))
        .extracting(Claim::key)
        .containsExactly(key("third"));
  }

  @Test
  void requests_takeAFifthOfTheRoomAndLeaveTheRestToLiveChanges() throws Exception {
    DirtyDocuments small = new DirtyDocuments(clock, 10);
    Cause backfill = Cause.request();
    small.mark(List.of(key("a"), key("b")), backfill);
    small.awaitRoom();
    Thread marking = Thread.ofVirtual().start(() -> awaitRoomForRequests(small));

    assertThat(marking.join(Duration.ofMillis(50))).as("it waits").isFalse();
    small.mark(List.of(key("a")), transaction(1)); // now live: one place is free
    assertThat(marking.join(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void requests_giveTheirRoomBackWhenTheyAreSettled() throws Exception {
    DirtyDocuments small = new DirtyDocuments(clock, 10);
    small.mark(List.of(key("a"), key("b")), Cause.request());
    List<Claim> claims = small.claim(10, Lane.ALL, Duration.ZERO);
    Thread marking = Thread.ofVirtual().start(() -> awaitRoomForRequests(small));
    assertThat(marking.join(Duration.ofMillis(50))).as("what is in flight counts").isFalse();

    small.settled(claims.getFirst(), SEES_BELOW_100, clock.instant());

    assertThat(marking.join(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void manyMarksOnOneDocument_holdBackThoseWhoMarkUntilItIsSettled() throws Exception {
    DirtyDocuments small = new DirtyDocuments(clock, 10);
    for (int xid = 1; xid <= 200; xid++) {
      small.awaitRoom();
      small.mark(List.of(key("a")), transaction(xid));
    }
    Thread marking = Thread.ofVirtual().start(() -> awaitRoom(small));
    assertThat(marking.join(Duration.ofMillis(50))).as("it waits").isFalse();

    Claim failed = small.claim(10, Lane.ALL, Duration.ZERO).getFirst();
    small.mark(List.of(key("a")), failed.causes().getFirst());
    small.retry(failed, clock.instant());
    assertThat(marking.join(Duration.ofMillis(50))).as("what failed counts").isFalse();

    Claim claim = small.claim(10, Lane.ALL, Duration.ZERO).getFirst();
    small.mark(List.of(key("a")), transaction(99)); // contained in what is settled
    small.settled(claim, SEES_BELOW_100, clock.instant());
    assertThat(marking.join(Duration.ofSeconds(10))).isTrue();
    assertThat(small.size()).isZero();
    for (int xid = 1; xid < 200; xid++) {
      small.mark(List.of(key("a")), transaction(xid));
    }
    small.awaitRoom();
  }

  private static void awaitRoom(DirtyDocuments documents) {
    try {
      documents.awaitRoom();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitRoomForRequests(DirtyDocuments documents) {
    try {
      documents.awaitRoomForRequests();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void retry_keepsTheCausesAndCountsTheAttempt() throws InterruptedException {
    Cause cause = transaction(1);
    dirty.mark(List.of(key("a")), cause);
    cause.close();

    dirty.retry(claim().getFirst(), clock.instant().plus(Duration.ofSeconds(5)));

    assertThat(cause.isSettled()).isFalse();
    assertThat(claim()).isEmpty();
    clock.advance(Duration.ofSeconds(5));
    Claim again = claim().getFirst();
    assertThat(again.attempts()).isEqualTo(1);
    dirty.settled(again, SEES_BELOW_100, clock.instant());
    assertThat(cause.isSettled()).isTrue();
  }

  @Test
  void retry_ofACauseThatMarkedAgainMeanwhile_holdsItOnce() throws InterruptedException {
    Cause cause = transaction(1);
    dirty.mark(List.of(key("a")), cause);
    Claim claim = claim().getFirst();
    dirty.mark(List.of(key("a")), cause);
    cause.close();

    dirty.retry(claim, clock.instant());
    dirty.settled(claim().getFirst(), SEES_BELOW_100, clock.instant());

    assertThat(cause.isSettled()).isTrue();
  }

  @Test
  void oldestCommit_countsDocumentsInFlight() throws InterruptedException {
    dirty.mark(List.of(key("a")), transaction(1));
    dirty.mark(List.of(key("b")), transaction(2));
    claim();

    assertThat(dirty.oldestCommit()).contains(committed(1));
    assertThat(dirty.size()).isEqualTo(2);
  }

  @Test
  void giveBack_twice_isRefused() throws InterruptedException {
    dirty.mark(List.of(key("a")), transaction(1));
    Claim claim = claim().getFirst();
    dirty.settled(claim, SEES_BELOW_100, clock.instant());

    assertThatThrownBy(() -> dirty.settled(claim, SEES_BELOW_100, clock.instant()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void retryRest_leavesAnEqualClaimOfAnotherSettlerAlone() throws InterruptedException {
    Cause resync = Cause.request();
    dirty.mark(List.of(key("a")), resync);
    Claim first = claim().getFirst();
    dirty.mark(List.of(key("a")), resync); // once as present, once as published
    dirty.settled(first, SEES_BELOW_100, clock.instant());
    Claim second = claim().getFirst();
    assertThat(second).isEqualTo(first);

    dirty.retryRest(List.of(first), clock.instant());

    assertThat(claim()).as("the second claim is still out").isEmpty();
    dirty.settled(second, SEES_BELOW_100, clock.instant());
    assertThat(dirty.size()).isZero();
  }

  @Test
  void retryRest_givesBackOnlyWhatIsStillOut() throws InterruptedException {
    dirty.mark(List.of(key("a"), key("b")), transaction(1));
    List<Claim> claims = claim();
    dirty.settled(claims.getFirst(), SEES_BELOW_100, clock.instant());

    dirty.retryRest(claims, clock.instant());

    assertThat(claim()).extracting(Claim::key).containsExactly(claims.getLast().key());
  }

  @Test
  void markRemembered_doesNotReplaceTheKeyValuesOfTheCurrentModel() throws InterruptedException {
    DocumentKey old = new DocumentKey("article", List.of("en", "a"), "article:a");
    dirty.markRemembered(List.of(old), Cause.request());
    assertThat(claim().getFirst().key()).isEqualTo(old);

    dirty.mark(List.of(key("b")), Cause.request());
    dirty.markRemembered(
        List.of(new DocumentKey("article", List.of("en", "b"), "article:b")), Cause.request());

    assertThat(claim().getFirst().key()).isEqualTo(key("b"));
  }

  @Test
  void mark_replacesTheKeyValuesThatTheLedgerRemembers() throws InterruptedException {
    dirty.markRemembered(
        List.of(new DocumentKey("article", List.of("en", "a"), "article:a")), Cause.request());
    dirty.mark(List.of(key("a")), Cause.request());

    assertThat(claim().getFirst().key()).isEqualTo(key("a"));
  }

  @Test
  void coolingKeys_areForgotten() throws InterruptedException {
    for (int i = 0; i < 100; i++) {
      dirty.mark(List.of(key("k" + i)), transaction(1));
    }
    for (Claim claim : dirty.claim(100, Lane.ALL, Duration.ZERO)) {
      dirty.settled(claim, SEES_BELOW_100, clock.instant().plus(Duration.ofSeconds(1)));
    }
    assertThat(dirty.remembered()).isEqualTo(100);

    clock.advance(Duration.ofSeconds(2));
    claim();

    assertThat(dirty.remembered()).isZero();
  }

  private List<Claim> claim() throws InterruptedException {
    return dirty.claim(100, Lane.ALL, Duration.ZERO);
  }

  private static DocumentKey key(String slug) {
    return new DocumentKey("article", List.of(slug), "article:" + slug);
  }

  private static Cause transaction(long xid) {
    Cause cause = Cause.transaction(xid, committed(xid));
    cause.widened(xid);
    return cause;
  }

  private static Instant committed(long xid) {
    return Instant.EPOCH.plusSeconds(xid);
  }
}
