package dev.forebay.worker.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ledger.History.State;
import dev.forebay.ledger.Server;
import dev.forebay.worker.history.Verdict.Begin;
import dev.forebay.worker.history.Verdict.FailedOver;
import dev.forebay.worker.history.Verdict.Halt;
import dev.forebay.worker.history.Verdict.InStep;
import dev.forebay.worker.history.Verdict.LookAgain;
import dev.forebay.worker.history.Verdict.Reason;
import dev.forebay.worker.history.Verdict.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every pair of a ledger and a KV that a leader may find, and whether it may write. */
@NullMarked
class ComparisonTest {

  private static final HistoryConfig CONFIG =
      HistoryConfig.of("documents", Duration.ofMinutes(2), false);
  private static final Server HERE = new Server("7001", 1, "100");
  private static final String HISTORY = "h1";

  /** A ledger whose history has run for a while: it wrote n3, after n2 and n1. */
  private static final class Given {
    private @Nullable String nonce = "n3";
    private @Nullable String promised;
    private List<String> earlier = List.of("n2", "n1");
    private @Nullable Server server = HERE;
    private Server now = HERE;
    private @Nullable String namespace = "documents";
    private @Nullable String adopting;
    private @Nullable Duration sinceRotation = Duration.ofMinutes(4);
    private boolean documents = true;
    private @Nullable String control = control(HISTORY, "n3");
    private @Nullable String found;
    private @Nullable String idle;

    Observation seen() {
      State ledger =
          new State(
              HISTORY,
              nonce,
              promised,
              earlier,
              server,
              namespace,
              null,
              adopting,
              sinceRotation,
              documents,
              now);
      return new Observation(ledger, "documents", control, found, idle);
    }

    Verdict verdict() {
      return Comparison.of(seen(), CONFIG);
    }
  }

  private static Given given() {
    return new Given();
  }

  /** A ledger that was never used with a control key. */
  private static Given fresh() {
    Given given = new Given();
    given.nonce = null;
    given.earlier = List.of();
    given.server = null;
    given.namespace = null;
    given.sinceRotation = null;
    given.documents = false;
    given.control = null;
    return given;
  }

  private static String control(String history, String nonce) {
    return ControlKey.of(history, nonce, HERE, Instant.EPOCH).toJson();
  }

  private static void assertHalts(Given given, Reason reason) {
    assertThat(given.verdict())
        .isInstanceOfSatisfying(Halt.class, halt -> assertThat(halt.reason()).isEqualTo(reason));
  }

  @Test
  void nothingPublishedYet_begins() {
    assertThat(fresh().verdict()).isEqualTo(new Begin());
  }

  @Test
  void ledgerOfAnOlderForebay_begins() {
    Given given = fresh();
    given.documents = true;
    assertThat(given.verdict()).isEqualTo(new Begin());
  }

  @Test
  void nothingPublishedYet_butKvHasDocumentsOfTheModels_halts() {
    Given given = fresh();
    given.found = "article:one";
    assertHalts(given, Reason.KV_IS_NOT_EMPTY);
  }

  @Test
  void nothingPublishedYet_besideAnIdleInstance_halts() {
    Given given = fresh();
    given.idle = "forebay";
    assertHalts(given, Reason.OTHER_INSTANCE);
  }

  @Test
  void nothingPublishedYet_butKvBelongsToAnother_halts() {
    Given given = fresh();
    given.control = control("h0", "x");
    assertHalts(given, Reason.OTHER_HISTORY);
  }

  @Test
  void firstNonce_promisedAndNotWritten_beginsAgain() {
    Given given = fresh();
    given.promised = "n1";
    assertThat(given.verdict()).isEqualTo(new Begin());
  }

  @Test
  void firstNonce_writtenAndNotRecorded_isInStep() {
    Given given = fresh();
    given.promised = "n1";
    given.control = control(HISTORY, "n1");
    assertThat(given.verdict()).isEqualTo(new InStep());
  }

  @Test
  void sameNonce_isInStep() {
    assertThat(given().verdict()).isEqualTo(new InStep());
  }

  @Test
  void promisedNonce_isInStep() {
    Given given = given();
    given.promised = "n4";
    given.control = control(HISTORY, "n4");
    assertThat(given.verdict()).isEqualTo(new InStep());
  }

  /** KV showed an old value, or a call has landed late. */
  @Test
  void earlierNonce_isInStep() {
    Given given = given();
    given.control = control(HISTORY, "n1");
    assertThat(given.verdict()).isEqualTo(new InStep());
  }

  @Test
  void nonceNeverHeardOf_halts() {
    Given given = given();
    given.control = control(HISTORY, "n4");
    assertHalts(given, Reason.OUT_OF_STEP);
  }

  @Test
  void anotherHistory_halts() {
    Given given = given();
    given.control = control("h2", "n3");
    assertHalts(given, Reason.OTHER_HISTORY);
  }

  @Test
  void noControlKey_thoughDocumentsWereWritten_halts() {
    Given given = given();
    given.control = null;
    assertHalts(given, Reason.KV_IS_EMPTY);
    assertThat(((Halt) given.verdict()).found()).contains("documents").contains("emptied");
  }

  @Test
  void noControlKey_inAnotherNamespace_namesBoth() {
    Given given = given();
    given.control = null;
    given.namespace = "former";
    assertThat(((Halt) given.verdict()).found()).contains("former", "documents");
  }

  @Test
  void noControlKey_andNoDocuments_beginsAgain() {
    Given given = given();
    given.control = null;
    given.documents = false;
    assertThat(given.verdict()).isEqualTo(new Begin());
  }

  @Test
  void controlKeyOfOtherHands_halts() {
    Given given = given();
    given.control = "{\"not\": \"ours\"}";
    assertHalts(given, Reason.UNREADABLE);
    given.control = "nor JSON";
    assertHalts(given, Reason.UNREADABLE);
  }

  /** What KV may not show yet is no reason to halt, and none to write. */
  @Test
  void whatWouldHalt_soonAfterAChangeOfTheNonce_isLookedAtAgain() {
    Given given = given();
    given.sinceRotation = Duration.ofSeconds(30);
    given.control = null;
    assertThat(given.verdict()).isEqualTo(new LookAgain(Duration.ofSeconds(90)));
    given.control = control("h0", "x");
    assertThat(given.verdict()).isEqualTo(new LookAgain(Duration.ofSeconds(90)));
  }

  @Test
  void otherSystem_halts() {
    Given given = given();
    given.now = new Server("7002", 1, "100");
    assertHalts(given, Reason.OTHER_SERVER);
  }

  @Test
  void otherTimeline_halts() {
    Given given = given();
    given.now = new Server("7001", 2, "100");
    assertHalts(given, Reason.OTHER_TIMELINE);
  }

  @Test
  void otherTimeline_whereThatWasAgreedTo_hasFailedOver() {
    Given given = given();
    given.now = new Server("7001", 2, "200");
    HistoryConfig agreed = HistoryConfig.of("documents", Duration.ofMinutes(2), true);
    assertThat(Comparison.of(given.seen(), agreed)).isEqualTo(new FailedOver());
    given.control = control(HISTORY, "n4");
    assertThat(Comparison.of(given.seen(), agreed)).isInstanceOf(Halt.class);
  }

  @Test
  void otherPlace_isWatched() {
    Given given = given();
    given.now = new Server("7001", 1, "200");
    assertThat(given.verdict()).isEqualTo(new Watch());
  }

  @Test
  void placeThatTheRoleMayNotKnow_isInStep() {
    Given given = given();
    given.now = new Server("7001", 1, null);
    assertThat(given.verdict()).isEqualTo(new InStep());
  }

  @Test
  void adoptionBegun_thatNobodyAgreedToAsItIs_halts() {
    Given given = given();
    given.adopting = "h2";
    assertHalts(given, Reason.ADOPTION_DISTURBED);
  }

  @Test
  void consent_coversWhatWasSeenAndWhatTheAdoptionMakesOfIt_andNothingElse() {
    Given given = given();
    given.control = control("h0", "x");
    Consent consent = Consent.parse(Consent.to(given.seen()).toJson()).orElseThrow();
    assertThat(consent.covers(given.seen())).isTrue();

    given.adopting = "h2";
    assertThat(consent.covers(given.seen())).isTrue();
    given.control = control("h2", "y");
    assertThat(consent.covers(given.seen())).as("the adoption's own control key").isTrue();
    given.control = control("h0", "z");
    assertThat(consent.covers(given.seen())).as("somebody has gone on writing").isFalse();
    given.control = null;
    assertThat(consent.covers(given.seen())).as("the namespace was wiped").isFalse();

    given.control = control("h0", "x");
    given.now = new Server("7001", 2, "100");
    assertThat(consent.covers(given.seen())).as("the database was promoted").isFalse();
  }

  @Test
  void controlKey_isNamedAsNoDocumentCanBe() {
    assertThat(ControlKey.isNamed(".forebay")).isTrue();
    assertThat(ControlKey.isNamed("preview..forebay")).isTrue();
    assertThat(ControlKey.isNamed("article:.forebay")).isFalse();
    assertThat(ControlKey.isNamed("article:one")).isFalse();
  }
}
