package dev.forebay.worker.resync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.worker.ArticleModel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RefreshTimerTest {

  private static final Duration INTERVAL = Duration.ofSeconds(60);

  private long now = Long.MAX_VALUE - INTERVAL.toNanos() / 2;
  private final RefreshTimer timer =
      new RefreshTimer(List.of(ArticleModel.refreshedEvery(INTERVAL)), () -> now);

  @Test
  void due_notBeforeOneInterval() {
    now += INTERVAL.toNanos() - 1;
    assertThat(timer.due(Set.of())).isEmpty();

    now++;
    assertThat(timer.due(Set.of())).containsExactly("article");
  }

  @Test
  void due_onceAsked_waitsAnotherInterval() {
    now += INTERVAL.toNanos() * 5;
    timer.asked(timer.due(Set.of()));

    assertThat(timer.due(Set.of())).isEmpty();
    now += INTERVAL.toNanos();
    assertThat(timer.due(Set.of())).containsExactly("article");
  }

  @Test
  void due_whileTheLastIsUnderWay_waitsForItsEnd() {
    now += INTERVAL.toNanos();

    assertThat(timer.due(Set.of("article"))).isEmpty();
    assertThat(timer.due(Set.of())).containsExactly("article");
  }

  @Test
  void due_modelWithoutRefresh_never() {
    RefreshTimer none = new RefreshTimer(List.of(new ArticleModel()), () -> now);
    now += INTERVAL.toNanos() * 1_000;

    assertThat(none.due(Set.of())).isEmpty();
  }
}
