package dev.forebay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.ledger.Documents.Part;
import dev.forebay.ledger.FanOuts.FanOut;
import dev.forebay.ledger.ModelRegister.Entry;
import dev.forebay.ledger.ModelRegister.Resync;
import dev.forebay.ledger.RequestedDocuments.Requested;
import dev.forebay.ledger.ResyncProgress.Phase;
import dev.forebay.ledger.ResyncProgress.Reached;
import dev.forebay.ledger.testing.LedgerFixture;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.RowChange;
import dev.forebay.model.Snapshot;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NullUnmarked
class LedgerIT extends LedgerFixture {

  private static final Snapshot VERSION = Snapshot.parse("10:12:11");
  private static final Instant SOON = Instant.parse("2030-01-01T00:00:00Z");
  private static final Instant LATER = SOON.plusSeconds(60);

  private long term;

  @BeforeEach
  void lead() {
    term = ledger.lease().tryTake("test", Duration.ZERO).orElseThrow();
  }

  @Test
  void fanOut_isKeptUntilItIsRemoved() {
    RowChange row = new RowChange(new TableName("public", "author"), null, Map.of("id", "1"));
    RowChange other = new RowChange(new TableName("public", "author"), Map.of("id", "2"), null);
    ledger.fanOuts().add(List.of(row, other));
    FanOut first = ledger.fanOuts().next().orElseThrow();
    assertThat(first.row()).isEqualTo(row);

    ledger.fanOuts().remove(first);

    assertThat(ledger.fanOuts().next()).map(FanOut::row).contains(other);
    assertThat(ledger.fanOuts().count()).isEqualTo(1);
  }

  @Test
  void requestedDocuments_comeInTheOrderOfTheirRequests() {
    ledger.requested().add(List.of(key("a"), key("b"), key("a")));
    ledger.requested().add(List.of(key("c")));

    assertThat(ledger.requested().page(0, 10))
        .extracting(Requested::key)
        .containsExactly(key("a"), key("b"), key("c"));
  }

  @Test
  void requestedDocument_askedForAgain_outlivesTheAnswerToTheFirstRequest() {
    ledger.requested().add(List.of(key("a"), key("b")));
    List<Requested> first = ledger.requested().page(0, 10);
    ledger.requested().add(List.of(key("a")));

    ledger.requested().complete(first);

    assertThat(ledger.requested().page(0, 10))
        .singleElement()
        .satisfies(one -> {
          assertThat(one.key()).isEqualTo(key("a"));
          assertThat(one.request()).isGreaterThan(first.getLast().request());
        });
  }

  @Test
  void heldDocument_isNotListed_andKeepsItsPlaceHoweverOftenItIsHeld() {
    ledger.requested().hold(List.of(key("a")));
    ledger.requested().hold(List.of(key("b"), key("c")));
    ledger.requested().hold(List.of(key("a")));
    assertThat(ledger.requested().page(0, 10)).isEmpty();
    assertThat(ledger.requested().held()).isEqualTo(Map.of("article", 3L));
    assertThat(ledger.requested().find(List.of("article:a", "article:z")))
        .containsExactly("article:a");

    ledger.requested().release(List.of("tag"), 10);
    ledger.requested().release(List.of("article"), 1);
    // What was released and is not settled counts.
    ledger.requested().release(List.of("article"), 1);

    assertThat(ledger.requested().page(0, 10)).extracting(Requested::key).containsExactly(key("a"));
    ledger.requested().complete(ledger.requested().page(0, 10));
    ledger.requested().release(List.of("article"), 10);
    assertThat(ledger.requested().page(0, 10))
        .extracting(Requested::key)
        .containsExactlyInAnyOrder(key("b"), key("c"));
  }

  @Test
  void request_waitsForOneThatIsNotCommitted_soThatNoNumberComesLate() throws Exception {
    String schema = instance.databaseName();
    try (Connection other = postgres.getPostgresDatabase().getConnection()) {
      other.setAutoCommit(false);
      try (Statement statement = other.createStatement()) {
        statement.execute(
            "select pg_advisory_xact_lock(hashtextextended('" + schema + ".request', 0))");
      }
      Thread adding = Thread.ofVirtual().start(() -> ledger.requested().add(List.of(key("a"))));
      assertThat(adding.join(Duration.ofMillis(500))).as("added meanwhile").isFalse();
      other.commit();
      adding.join();
    }
    assertThat(ledger.requested().count()).isEqualTo(1);
  }

  @Test
  void migrate_twice_changesNothing() {
    String history = ledger.history().id();

    LedgerSchema.migrate(postgres.getPostgresDatabase(), instance);

    assertThat(Ledger.open(postgres.getPostgresDatabase(), instance).history().id())
        .isEqualTo(history);
  }

  @Test
  void settle_remembersTheHash() {
    ledger.documents().settle(term, List.of(new Settled(key("a"), "h1", 10, VERSION, null)));

    assertThat(ledger.documents().find(List.of("article:a", "article:b")))
        .isEqualTo(Map.of("article:a", new Published("h1", null)));
    assertThat(ledger.documents().page("article", "", 10)).containsExactly(key("a"));
    assertThat(ledger.documents().countByModel()).isEqualTo(Map.of("article", 1L));
  }

  @Test
  void settle_ofADeletion_forgetsTheDocument() {
    ledger.documents().settle(term, List.of(new Settled(key("a"), "h1", 10, VERSION, null)));

    ledger.documents().settle(term, List.of(new Settled(key("a"), null, 0, VERSION, null)));

    assertThat(ledger.documents().find(List.of("article:a"))).isEmpty();
  }

  @Test
  void keyValues_comeBackAsTheyWere_whateverIsInThem() {
    List<String> odd = List.of("", "NULL", "{a,\"b\"}", "\\", "'; --", " ", "ü\n");
    DocumentKey key = new DocumentKey("article", odd, "article:odd");
    DocumentKey single = new DocumentKey("front", List.of(), "front:");

    ledger
        .intents()
        .open(
            term,
            new Call(
                UUID.randomUUID(),
                List.of(new Call.Intended(key, "h"), new Call.Intended(single, null)),
                SOON));
    assertThat(ledger.intents().inherit(term)).extracting(Intent::key).containsExactly(key, single);
    ledger.documents().settle(term, List.of(new Settled(key, "h", 10, VERSION, null)));
    assertThat(ledger.documents().page("article", "", 10)).containsExactly(key);
  }

  @Test
  void page_goesOnAfterTheLastKey() {
    ledger
        .documents()
        .settle(
            term,
            List.of(
                new Settled(key("b"), "h", 1, VERSION, null),
                new Settled(key("a"), "h", 1, VERSION, null),
                new Settled(key("c"), "h", 1, VERSION, null)));

    assertThat(ledger.documents().page("article", "", 2)).containsExactly(key("a"), key("b"));
    assertThat(ledger.documents().page("article", "article:b", 2)).containsExactly(key("c"));
  }

  @Test
  void before_listsDocumentsWhoseVersionLacksWhatTheSnapshotSees() {
    settled("older", "80:90:");
    settled("waitsForOneThatIsSeen", "92:120:92");
    settled("waitsForOneThatIsNotSeenEither", "95:120:95,110");
    settled("same", "90:100:95");
    settled("newer", "130:130:");

    Snapshot since = Snapshot.parse("90:100:95");
    Part all = ledger.documents().before(since, "article", "", 10);
    assertThat(all.keys()).containsExactly(key("older"), key("waitsForOneThatIsSeen"));
    assertThat(all.end()).isTrue();
    Part first = ledger.documents().before(since, "article", "", 1);
    assertThat(first).isEqualTo(new Part(List.of(), key("newer"), false));
    assertThat(ledger.documents().before(since, "article", "article:newer", 1).keys())
        .containsExactly(key("older"));
  }

  private void settled(String slug, String version) {
    ledger
        .documents()
        .settle(term, List.of(new Settled(key(slug), "h", 1, Snapshot.parse(version), null)));
  }

  @Test
  void resyncProgress_isVoidOnceAnotherResyncIsAskedFor() {
    ledger.models().declare("article", "f1");
    Resync first = ledger.models().due().getFirst();
    Reached reached = new Reached(VERSION, Phase.PRESENT, key("a"), 1_000, 5_000);
    assertThat(ledger.resyncProgress().find(first)).isEmpty();
    ledger.resyncProgress().record(first, new Reached(VERSION, Phase.PRESENT, null, 0, 5_000));
    ledger.resyncProgress().record(first, reached);
    assertThat(ledger.resyncProgress().find(first)).contains(reached);

    ledger.models().request(List.of("article"), "slot lost");
    Resync second = ledger.models().due().getFirst();
    assertThat(ledger.resyncProgress().find(second)).isEmpty();
    ledger.models().complete(first);
    assertThat(ledger.resyncProgress().find(first)).isEmpty();
  }

  @Test
  void removedModel_isSweptAfterTheGraceTimeAndForgotten() {
    ledger.models().declare("article", "f1");
    ledger.models().declare("tag", "f1");
    ledger.models().declare("stopped", "f1");
    ledger.models().due().forEach(ledger.models()::complete);
    ledger.models().forgetOthers(List.of("tag"), List.of("stopped"));

    assertThat(ledger.models().sweepRemoved(Duration.ofMinutes(1))).isEmpty();
    assertThat(ledger.models().sweepRemoved(Duration.ZERO)).containsExactly("article");
    assertThat(ledger.models().sweepRemoved(Duration.ZERO)).as("once").isEmpty();
    Resync sweep = ledger.models().due().getFirst();
    assertThat(sweep.sweep()).isTrue();
    ledger.models().complete(sweep);

    assertThat(ledger.models().list()).extracting(Entry::name).containsExactly("stopped", "tag");
  }

  @Test
  void removedModel_thatIsDeclaredAgain_isNotSwept() {
    ledger.models().declare("article", "f1");
    ledger.models().forgetOthers(List.of(), List.of());
    assertThat(ledger.models().sweep("article")).isTrue();
    final Resync sweep = ledger.models().due().getFirst();

    ledger.models().declare("article", "f1");
    ledger.models().complete(sweep);

    assertThat(ledger.models().list()).extracting(Entry::name).containsExactly("article");
    assertThat(ledger.models().due()).extracting(Resync::sweep).containsExactly(false);
    assertThat(ledger.models().sweep("article")).isFalse();
  }

  @Test
  void declare_requestsAResyncForANewOrChangedModelOnly() {
    assertThat(ledger.models().declare("article", "f1")).isTrue();
    Resync first = ledger.models().due().getFirst();
    ledger.models().complete(first);
    assertThat(ledger.models().due()).isEmpty();

    assertThat(ledger.models().declare("article", "f1")).isFalse();
    assertThat(ledger.models().declare("article", "f2")).isTrue();
    assertThat(ledger.models().due()).extracting(Resync::reason).containsExactly("model changed");
  }

  @Test
  void request_duringAResync_isNotLostWhenThatCompletes() {
    ledger.models().declare("article", "f1");
    Resync running = ledger.models().due().getFirst();
    ledger.models().request(List.of("article"), "table truncated");

    ledger.models().complete(running);

    assertThat(ledger.models().due()).extracting(Resync::reason).containsExactly("table truncated");
  }

  @Test
  void deadLetter_isForgottenWhenItsDocumentSettles() {
    ledger.deadLetters().add(key("a"), "too large");
    ledger.deadLetters().add(key("a"), "too large");
    assertThat(ledger.deadLetters().count()).isEqualTo(1);

    ledger.documents().settle(term, List.of(new Settled(key("a"), "h1", 10, VERSION, null)));

    assertThat(ledger.deadLetters().count()).isZero();
  }

  @Test
  void deadLetters_listTellsReasonAttemptsAndTimes() {
    ledger.deadLetters().add(key("b"), "too large");
    ledger.deadLetters().add(key("a"), "too large");
    ledger.deadLetters().add(key("a"), "key too long");
    ledger.deadLetters().add(new DocumentKey("tag", List.of("x"), "tag:x"), "too large");

    List<DeadLetter> articles = ledger.deadLetters().list("article");

    assertThat(articles).extracting(DeadLetter::key).containsExactly(key("a"), key("b"));
    DeadLetter twice = articles.getFirst();
    assertThat(twice.reason()).isEqualTo("key too long");
    assertThat(twice.attempts()).isEqualTo(2);
    assertThat(twice.last()).isAfter(twice.first());
    assertThat(ledger.deadLetters().list(null)).hasSize(3);
  }

  @Test
  void deadLetters_retry_staysRequestedUntilThatRequestIsAnswered() {
    ledger.deadLetters().add(key("a"), "too large");

    assertThat(ledger.deadLetters().requestRetry(List.of("article:a", "article:unknown")))
        .containsExactly("article:a");
    List<DeadLetters.Retry> first = ledger.deadLetters().requestedRetries();
    assertThat(first).extracting(DeadLetters.Retry::key).containsExactly(key("a"));
    ledger.deadLetters().requestRetry(List.of("article:a"));
    ledger.deadLetters().answered(first);
    assertThat(ledger.deadLetters().requestedRetries()).as("asked again meanwhile").hasSize(1);

    ledger.deadLetters().answered(ledger.deadLetters().requestedRetries());
    assertThat(ledger.deadLetters().requestedRetries()).isEmpty();
    assertThat(ledger.deadLetters().count()).isEqualTo(1);
  }

  @Test
  void deadLetters_drop_forgetsThoseThatThereAre() {
    ledger.deadLetters().add(key("a"), "too large");

    assertThat(ledger.deadLetters().drop(List.of("article:a", "article:b")))
        .containsExactly("article:a");
    assertThat(ledger.deadLetters().list(null)).isEmpty();
  }

  @Test
  void suspects_makeAKeyUncertainUntilTheyAreForgotten() {
    ledger.documents().settle(term, List.of(new Settled(key("a"), "h1", 10, VERSION, null)));

    ledger.suspects().record(term - 1, List.of(key("a")), Duration.ofHours(1));

    Suspect suspect = ledger.suspects().list().getFirst();
    assertThat(suspect.over()).isFalse();
    assertThat(ledger.documents().find(List.of("article:a")))
        .isEqualTo(Map.of("article:a", new Published("h1", suspect.deadline())));
    ledger.documents().settle(term, List.of(new Settled(key("a"), "h2", 10, VERSION, null)));
    assertThat(ledger.documents().find(List.of("article:a")).values())
        .as("a call that was answered says nothing about the other worker's")
        .containsExactly(new Published("h2", suspect.deadline()));

    ledger.suspects().forget(term, List.of(suspect));
    assertThat(ledger.documents().find(List.of("article:a")).values())
        .containsExactly(new Published("h2", null));
  }

  @Test
  void suspects_recordedAgain_keepTheLaterDeadlineAndAreNotForgotten() {
    ledger.suspects().record(1, List.of(key("a")), Duration.ZERO);
    Suspect first = ledger.suspects().list().getFirst();
    assertThat(first.over()).isTrue();
    ledger.suspects().record(2, List.of(key("a")), Duration.ofHours(1));

    ledger.suspects().forget(term, List.of(first));

    assertThat(ledger.suspects().list()).hasSize(1).noneMatch(Suspect::over);
    assertThatThrownBy(() -> ledger.suspects().forget(term - 1, ledger.suspects().list()))
        .isInstanceOf(LedgerException.LeaseLost.class);
  }

  @Test
  void settledThrough_isRememberedForTheLeaderOnly() {
    assertThat(ledger.lease().settledThrough()).isEmpty();
    ledger.lease().settledThrough(term, SOON);

    assertThatThrownBy(() -> ledger.lease().settledThrough(term - 1, LATER))
        .isInstanceOf(LedgerException.LeaseLost.class);
    assertThat(ledger.lease().settledThrough()).contains(SOON);
  }

  @Test
  void declare_afterTheModelWasOutOfTheFile_requestsAResync() {
    ledger.models().declare("article", "f1");
    ledger.models().declare("tag", "f1");
    ledger.models().due().forEach(ledger.models()::complete);

    ledger.models().forgetOthers(List.of("tag"), List.of());

    assertThat(ledger.models().due()).isEmpty();
    assertThat(ledger.models().declare("tag", "f1")).isFalse();
    assertThat(ledger.models().declare("article", "f1")).isTrue();
  }
}
