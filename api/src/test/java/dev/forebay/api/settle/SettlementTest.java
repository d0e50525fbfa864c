package dev.forebay.api.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.api.token.Touched;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SettlementTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(350);
  private static final int MOST = 1_100;

  private final ScriptedHoldings holdings = new ScriptedHoldings();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final Settlement settlement = new Settlement(holdings, MOST, metrics);

  @BeforeEach
  void start() {
    settlement.start();
  }

  @AfterEach
  void stop() {
    settlement.close();
  }

  private static Touched touched(long xid, String... keys) {
    SortedMap<String, SortedSet<String>> documents = new TreeMap<>();
    for (String key : keys) {
      String model = key.substring(0, key.indexOf(':'));
      documents.computeIfAbsent(model, name -> new TreeSet<>()).add(key);
    }
    return new Touched(xid, documents, new TreeSet<>());
  }

  private CompletableFuture<Boolean> waiting(Touched touched, Duration most) {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            result.complete(settlement.await(touched, most));
          } catch (InterruptedException | RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private void looks(int more) {
    int now = holdings.looks.get();
    await().atMost(LONG).until(() -> holdings.looks.get() >= now + more);
  }

  @Test
  void write_isApplied_whenEachDocumentsVersionSeesIt() {
    holdings.holds("a:1", "10:10:");
    holdings.holds("a:2", "10:10:");
    CompletableFuture<Boolean> waiting = waiting(touched(10, "a:1", "a:2"), LONG);
    looks(2);
    holdings.holds("a:1", "11:11:");
    looks(2);
    assertThat(waiting).isNotDone();
    // The transaction still ran when this version was built, though later ones are in it.
    holdings.holds("a:2", "10:12:10");
    looks(2);
    assertThat(waiting).isNotDone();
    holdings.holds("a:2", "11:12:11");

    assertThat(waiting.join()).isTrue();
  }

  @Test
  void document_thatKvHadOnce_isNotWaitedForAgain() {
    holdings.holds("a:1", "11:11:");
    CompletableFuture<Boolean> waiting = waiting(touched(10, "a:1", "a:2"), LONG);
    looks(2);
    holdings.holds("a:1", "5:5:");
    holdings.holds("a:2", "11:11:");

    assertThat(waiting.join()).isTrue();
  }

  @Test
  void write_isPending_whenTheTimeIsUp() throws Exception {
    holdings.holds("a:1", "10:10:");
    long began = System.nanoTime();

    assertThat(settlement.await(touched(10, "a:1"), SHORT)).isFalse();

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(SHORT, LONG);
  }

  @Test
  void uncertainKey_isPending() throws Exception {
    assertThat(settlement.await(touched(10, "a:1"), SHORT)).isFalse();
    assertThat(holdings.questions).hasValue(0);
  }

  @Test
  void deletedDocument_isApplied_whenNeitherKvNorTheDatabaseHasIt() {
    holdings.holds("a:1", "10:10:");
    holdings.lacks("a:1", "11:11:");
    CompletableFuture<Boolean> waiting = waiting(touched(10, "a:1"), LONG);
    looks(3);
    assertThat(waiting).isNotDone();
    int looks = holdings.looks.get();
    holdings.holdsNo("a:1");

    assertThat(waiting.join()).isTrue();
    assertThat(holdings.firstAskedIn()).as("at once").isLessThanOrEqualTo(looks + 2);
  }

  /** A version from before may be on its way, if KV never had one since. */
  @Test
  void documentThatKvNeverHad_isApplied_whenTheLogIsSettledUpToItsAbsence() {
    holdings.holdsNo("a:1");
    holdings.lacks("a:1", "11:11:");
    holdings.settles(ScriptedHoldings.WRITTEN - 1);
    CompletableFuture<Boolean> waiting = waiting(touched(10, "a:1"), LONG);
    looks(3);
    assertThat(waiting).isNotDone();
    holdings.settles(ScriptedHoldings.WRITTEN);

    assertThat(waiting.join()).isTrue();
    assertThat(holdings.questions).hasValue(1);
  }

  @Test
  void newDocument_isNotApplied_becauseKvHasNone() {
    holdings.holdsNo("a:1");
    holdings.settles(ScriptedHoldings.WRITTEN);
    CompletableFuture<Boolean> waiting = waiting(touched(10, "a:1"), LONG);
    await().atMost(LONG).until(() -> holdings.questions.get() > 1);

    assertThat(waiting).isNotDone();
    assertThat(holdings.lastAskedIn() - holdings.firstAskedIn())
        .as("and not asked for in each look")
        .isGreaterThanOrEqualTo(10);
    settlement.abandon();
  }

  @Test
  void absence_ofASnapshotBeforeTheWrite_saysNothing() {
    holdings.holdsNo("a:1");
    holdings.lacks("a:1", "10:12:10");
    holdings.settles(ScriptedHoldings.WRITTEN);
    CompletableFuture<Boolean> waiting = waiting(touched(10, "a:1"), LONG);
    looks(3);

    assertThat(waiting).isNotDone();
    settlement.abandon();
  }

  @Test
  void manyDocumentsThatKvLacks_areAskedForInParts() {
    String[] many = new String[300];
    Arrays.setAll(many, i -> "a:" + i);
    for (String key : many) {
      holdings.holdsNo(key);
      holdings.lacks(key, "11:11:");
    }
    holdings.settles(ScriptedHoldings.WRITTEN);

    assertThat(waiting(touched(10, many), LONG).join()).isTrue();
    assertThat(holdings.mostAsked.get()).isLessThanOrEqualTo(100);
    assertThat(holdings.lastAskedIn() - holdings.firstAskedIn())
        .as("a part in each look")
        .isLessThanOrEqualTo(3);
  }

  @Test
  void documentThatCannotBeBuilt_hidesNoOthers() {
    String[] many = new String[40];
    Arrays.setAll(many, i -> "a:" + i);
    for (String key : many) {
      holdings.holdsNo(key);
      holdings.lacks(key, "11:11:");
    }
    holdings.settles(ScriptedHoldings.WRITTEN);
    holdings.holdsNo("a:bad");
    holdings.cannotLook("a:bad");
    CompletableFuture<Boolean> hopeless = waiting(touched(10, "a:bad"), LONG);

    assertThat(waiting(touched(10, many), LONG).join()).isTrue();
    assertThat(hopeless).isNotDone();
    settlement.abandon();
  }

  @Test
  void moreWhoWaitThanMay_areToldThatItIsPending() throws Exception {
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      all.add(waiting(touched(10, "a:1"), LONG));
    }
    await().atMost(LONG).until(() -> metrics.get("forebay.wait.waiting").gauge().value() == MOST);

    assertThat(settlement.await(touched(10, "a:1"), LONG)).isFalse();
    holdings.holds("a:1", "11:11:");
    assertThat(all).allSatisfy(one -> assertThat(one.join()).isTrue());
    assertThat(settlement.await(touched(10, "a:1"), LONG)).isTrue();
  }

  @Test
  void nothingTouched_isAppliedAtOnce_andAWholeModelPendingAtOnce() throws Exception {
    Touched nothing = new Touched(10, new TreeMap<>(), new TreeSet<>());
    Touched whole = new Touched(10, new TreeMap<>(), new TreeSet<>(Set.of("a")));

    assertThat(settlement.await(nothing, LONG)).isTrue();
    assertThat(settlement.await(whole, LONG)).isFalse();
    assertThat(holdings.looks).hasValue(0);
  }

  @Test
  void thousandWaiters_areOneLookATenthOfASecond() {
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      all.add(waiting(touched(10, "a:" + i), LONG));
    }
    long began = System.nanoTime();
    int before = holdings.looks.get();
    looks(5);
    int made = holdings.looks.get() - before;
    int most = (int) (Duration.ofNanos(System.nanoTime() - began).toMillis() / 100) + 1;
    assertThat(made).isLessThanOrEqualTo(most);
    for (int i = 0; i < 1_000; i++) {
      holdings.holds("a:" + i, "11:11:");
    }

    assertThat(all).allSatisfy(one -> assertThat(one.join()).isTrue());
    int after = holdings.looks.get();
    assertThat(waiting(touched(10), LONG).join()).isTrue();
    assertThat(holdings.looks.get()).as("nobody waits").isBetween(after, after + 1);
  }

  @Test
  void moreDocumentsThanOneLookTakes_arePendingAtOnce_untilOthersHaveGone() throws Exception {
    String[] many = new String[9_999];
    Arrays.setAll(many, i -> "a:" + i);
    CompletableFuture<Boolean> waiting = waiting(touched(10, many), LONG);
    looks(1);
    assertThat(settlement.await(touched(10, "b:1", "b:2"), LONG)).isFalse();
    for (String key : many) {
      holdings.holds(key, "11:11:");
    }
    assertThat(waiting.join()).isTrue();
    holdings.holds("b:1", "11:11:");
    holdings.holds("b:2", "11:11:");

    assertThat(settlement.await(touched(10, "b:1", "b:2"), LONG)).isTrue();
  }

  @Test
  void modelThatCannotBeLookedAt_keepsNobodyWaitingForOthers() throws Exception {
    holdings.cannotLook("a");
    holdings.holdsNo("a:1");
    holdings.lacks("b:1", "11:11:");
    holdings.holdsNo("b:1");
    holdings.settles(ScriptedHoldings.WRITTEN);
    holdings.holds("a:2", "11:11:");
    CompletableFuture<Boolean> hopeless = waiting(touched(10, "a:1"), LONG);

    assertThat(settlement.await(touched(10, "b:1"), LONG)).isTrue();
    assertThat(settlement.await(touched(10, "a:2"), LONG)).isTrue();
    assertThat(hopeless).isNotDone();
  }

  @Test
  void failedLook_isTriedAgain() {
    CompletableFuture<Boolean> waiting = waiting(touched(10, "a:2"), LONG);
    for (Throwable fault : List.of(new SQLException("away"), new StackOverflowError())) {
      holdings.fail(fault);
      looks(2);
    }
    assertThat(waiting).isNotDone();
    holdings.fail(null);
    holdings.holds("a:2", "11:11:");

    assertThat(waiting.join()).isTrue();
  }

  @Test
  void end_letsEverybodyGo() throws Exception {
    CompletableFuture<Boolean> waiting = waiting(touched(10, "a:1"), LONG);
    looks(1);
    settlement.close();

    assertThat(waiting.join()).isFalse();
    assertThat(settlement.await(touched(10, "a:1"), LONG)).isFalse();
  }
}
