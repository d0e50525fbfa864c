package dev.forebay.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvException;
import dev.forebay.ledger.Published;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import dev.forebay.worker.build.Built;
import dev.forebay.worker.dirty.Claim;
import dev.forebay.worker.source.Content;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnswersTest {

  private static final PublishConfig CONFIG =
      new PublishConfig("", "history", Duration.ofSeconds(1), Duration.ofMinutes(2));
  private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:10Z");
  private static final Instant NOW = BEGAN.plusSeconds(1);
  private static final Instant LATER = BEGAN.plusSeconds(60);
  private final KvException down = new KvException.Unavailable("down", null);

  @Test
  void accepted_withoutDoubt_closesTheIntent() {
    Answers answers = answers(change(null), new KeyOutcome.Stored(null));

    assertThat(answers.accepted()).containsValue(null);
    assertThat(answers.failure()).isNull();
  }

  @Test
  void accepted_whileAnEarlierCallMayStillLand_keepsItsDeadline() {
    Answers answers = answers(change(LATER), new KeyOutcome.Stored(null));

    assertThat(answers.accepted()).containsValue(LATER);
  }

  @Test
  void accepted_byACallThatBeganAfterTheDeadline_closesTheIntent() {
    Answers answers = answers(change(BEGAN), new KeyOutcome.Stored(null));

    assertThat(answers.accepted()).containsValue(null);
  }

  @Test
  void accepted_onARetryAfterDoubt_keepsTheDoubt() {
    Answers answers = answers(change(NOW), new KeyOutcome.Stored(LATER));

    assertThat(answers.accepted()).containsValue(LATER);
  }

  @Test
  void refused_staysInDoubtBecauseKvMayHoldItAllTheSame() {
    Answers answers = answers(change(null), new KeyOutcome.Failed(down));

    assertThat(answers.doubtful()).containsValue(NOW);
    assertThat(answers.mayBeDone()).isEmpty();
    assertThat(answers.failure()).isSameAs(down);
  }

  @Test
  void unanswered_isInDoubtUntilTheLaterOfBothDeadlines() {
    Answers answers = answers(change(LATER), new KeyOutcome.Ambiguous(LATER.minusSeconds(5), down));

    assertThat(answers.doubtful()).containsValue(LATER);
    assertThat(answers.mayBeDone()).hasSize(1);
  }

  @Test
  void change_withAnOpenIntent_isNeverUnchanged() {
    Change open = change(LATER);

    assertThat(
            new Change(open.built(), open.kvKey(), "h", 1, open.pair(), new Published("h", LATER))
                .isUnchanged())
        .isFalse();
    assertThat(
            new Change(open.built(), open.kvKey(), "h", 1, open.pair(), new Published("h", null))
                .isUnchanged())
        .isTrue();
  }

  private static Answers answers(Change change, KeyOutcome outcome) {
    return Answers.of(List.of(change), Map.of(change.kvKey(), outcome), BEGAN, NOW);
  }

  private static Change change(@Nullable Instant openUntil) {
    DocumentKey key = new DocumentKey("article", List.of("a"), "article:a");
    Built built =
        new Built(
            new Claim(key, List.of(), 0),
            new Content(key, "{}", null),
            Snapshot.parse("10:10:"),
            BEGAN);
    return Change.of(built, new Published(null, openUntil), CONFIG);
  }
}
