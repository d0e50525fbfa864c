package dev.forebay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.ledger.testing.LedgerFixture;
import dev.forebay.model.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is known of a key while a call is under way, and after each way in which it may end. */
class IntentsIT extends LedgerFixture {

  private static final Snapshot VERSION = Snapshot.parse("10:20:12,15");
  private static final Instant SOON = Instant.parse("2030-01-01T00:00:00Z");
  private static final Instant LATER = SOON.plusSeconds(60);

  private final UUID call = UUID.randomUUID();
  private long term;

  @BeforeEach
  void lead() {
    term = ledger.lease().tryTake("test", Duration.ZERO).orElseThrow();
  }

  @Test
  void callUnderWay_isInDoubtForThoseWhoLook_andNotForItsMaker() {
    open(call, SOON, "a", "b");

    assertThat(ledger.documents().find(List.of("article:a"))).isEmpty();
    assertThat(ledger.documents().known(List.of("article:a", "article:c")))
        .isEqualTo(Map.of("article:a", new Documents.Known(null, null, null, SOON)));
    assertThat(ledger.intents().list()).isEmpty();
  }

  @Test
  void close_remembersWhatWasSettled_andLeavesNoIntent() {
    open(call, SOON, "a", "b");

    ledger.intents().close(term, call, List.of(settled("a", null), settled("b", null)), Map.of());

    assertThat(found("a", "b"))
        .isEqualTo(
            Map.of("article:a", new Published("h", null), "article:b", new Published("h", null)));
    assertThat(ledger.intents().inherit(term)).isEmpty();
  }

  @Test
  void certain_isWhatNoCallMayChange_inAVersionThatTheServerHasReached() throws Exception {
    ledger
        .documents()
        .settle(
            term,
            List.of(
                settled("known", null),
                settled("called", null),
                settled("doubted", null),
                settled("suspected", null),
                new Settled(
                    key("ahead"), "h", 10, Snapshot.parse("9000000000:9000000000:"), null)));
    UUID doubted = UUID.randomUUID();
    open(doubted, LATER, "doubted");
    ledger.intents().abandon(term, List.of(doubted));
    open(UUID.randomUUID(), LATER, "called", "never");
    execute(
        "insert into %s.suspect (kv_key, model, key_values, term, deadline)"
                .formatted(instance.databaseName())
            + " values ('article:suspected', 'article', '{suspected}', 1, now())");

    assertThat(
            ledger
                .documents()
                .certain(
                    Stream.of("known", "called", "doubted", "suspected", "ahead", "never", "none")
                        .map(slug -> "article:" + slug)
                        .toList(),
                    Duration.ofSeconds(5)))
        .as("without a slot nothing of the log is settled")
        .isEqualTo(
            new Documents.Certain(
                0,
                Map.of("article:known", Optional.of(VERSION), "article:none", Optional.empty())));

    execute("update %s.history set adopting = 'another'".formatted(instance.databaseName()));
    assertThat(
            ledger
                .documents()
                .certain(List.of("article:known", "article:none"), Duration.ofSeconds(5))
                .versions())
        .as("while the ledger is filled anew")
        .isEmpty();
  }

  @Test
  void close_remembersNewDocumentsBesideKnownOnes() {
    ledger.documents().settle(term, List.of(settled("known", null)));
    open(call, SOON, "new", "known");
    List<Settled> both =
        List.of(
            new Settled(key("new"), "h2", 10, VERSION, true, null),
            new Settled(key("known"), "h2", 10, VERSION, false, null));

    ledger.intents().close(term, call, both, Map.of());

    assertThat(found("new", "known").values()).containsOnly(new Published("h2", null));
  }

  @Test
  void close_keepsAnIntentOfEachKeyThatMayStillChange() {
    open(call, SOON, "a", "b", "c");

    ledger
        .intents()
        .close(
            term,
            call,
            List.of(settled("a", null), settled("b", LATER)),
            Map.of("article:c", SOON));

    assertThat(ledger.intents().list()).containsExactly(intent("b", LATER), intent("c", SOON));
    assertThat(found("a", "b", "c"))
        .isEqualTo(
            Map.of(
                "article:a", new Published("h", null),
                "article:b", new Published("h", LATER),
                "article:c", new Published(null, SOON)));
  }

  @Test
  void close_ofALaterCall_endsTheDoubt() {
    open(call, SOON, "a");
    ledger.intents().close(term, call, List.of(), Map.of("article:a", SOON));
    UUID second = UUID.randomUUID();
    open(second, LATER, "a");

    ledger.intents().close(term, second, List.of(settled("a", null)), Map.of());

    assertThat(ledger.intents().list()).isEmpty();
    assertThat(found("a")).isEqualTo(Map.of("article:a", new Published("h", null)));
  }

  @Test
  void close_ofACallThatIsNotOpen_changesNothing() {
    open(call, SOON, "a");
    ledger.intents().abandon(term, List.of(call));

    assertThatThrownBy(
            () -> ledger.intents().close(term, call, List.of(settled("a", null)), Map.of()))
        .isInstanceOf(LedgerException.class)
        .hasMessageContaining("not open");
    assertThat(found("a")).isEqualTo(Map.of("article:a", new Published(null, SOON)));
  }

  /** It was published between two looks: the next look finds it. */
  @Test
  void close_withANewDocumentThatIsNone_changesNothing() {
    ledger.documents().settle(term, List.of(settled("a", null)));
    open(call, SOON, "a");
    Settled fresh = new Settled(key("a"), "other", 10, VERSION, true, null);

    assertThatThrownBy(() -> ledger.intents().close(term, call, List.of(fresh), Map.of()))
        .isInstanceOf(LedgerException.class);
    assertThat(found("a")).isEqualTo(Map.of("article:a", new Published("h", null)));
  }

  @Test
  void open_again_keepsTheLaterDeadline() {
    open(call, LATER, "a");
    open(call, SOON, "a");

    assertThat(ledger.intents().inherit(term)).containsExactly(intent("a", LATER));
  }

  @Test
  void abandon_leavesTheIntentsOfThatCall_andPassesOverWhatIsNotOpen() {
    UUID other = UUID.randomUUID();
    open(call, SOON, "a");
    open(other, SOON, "b");

    ledger.intents().abandon(term, List.of(call, UUID.randomUUID()));

    assertThat(ledger.intents().list()).containsExactly(intent("a", SOON));
    ledger.intents().close(term, other, List.of(settled("b", null)), Map.of());
  }

  @Test
  void inherit_makesOneIntentOfAKeyInSeveralCalls_untilTheLastOfThemIsOver() {
    open(call, LATER, "a", "b");
    open(UUID.randomUUID(), SOON, "a");

    assertThat(ledger.intents().inherit(term))
        .containsExactly(intent("a", LATER), intent("b", LATER));
    assertThat(ledger.documents().known(List.of("article:a")))
        .isEqualTo(Map.of("article:a", new Documents.Known(null, null, null, LATER)));
  }

  @Test
  void write_withALostLease_isRefusedAndChangesNothing() {
    open(call, SOON, "a");
    long newer = ledger.lease().tryTake("another", Duration.ZERO).orElseThrow();
    assertThat(newer).isGreaterThan(term);

    Stream.<Runnable>of(
            () -> open(UUID.randomUUID(), SOON, "b"),
            () -> ledger.intents().close(term, call, List.of(settled("a", null)), Map.of()),
            () -> ledger.intents().abandon(term, List.of(call)),
            () -> ledger.intents().inherit(term))
        .forEach(
            write -> assertThatThrownBy(write::run).isInstanceOf(LedgerException.LeaseLost.class));

    assertThat(ledger.intents().list()).isEmpty();
    assertThat(ledger.intents().inherit(newer)).containsExactly(intent("a", SOON));
  }

  private void open(UUID id, Instant deadline, String... slugs) {
    List<Call.Intended> keys =
        Stream.of(slugs).map(slug -> new Call.Intended(key(slug), "h")).toList();
    ledger.intents().open(term, new Call(id, keys, deadline));
  }

  private Map<String, Published> found(String... slugs) {
    return ledger.documents().find(Stream.of(slugs).map(slug -> key(slug).kvKey()).toList());
  }

  private static Intent intent(String slug, Instant deadline) {
    return new Intent(key(slug), "h", deadline);
  }

  private static Settled settled(String slug, @Nullable Instant openUntil) {
    return new Settled(key(slug), "h", 10, VERSION, openUntil);
  }
}
