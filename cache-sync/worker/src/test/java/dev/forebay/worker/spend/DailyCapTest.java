package dev.forebay.worker.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.Importance;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DailyCapTest {

  private static final Instant MORNING = Instant.parse("2026-11-26T06:00:00Z");

  @Test
  void nothingWaits_whileLessThanItsShareIsSpent() {
    DailyCap cap = new DailyCap(1_000, MORNING, 0);

    assertThat(cap.room(Importance.LOW, MORNING)).isEqualTo(500);
    assertThat(cap.room(Importance.NORMAL, MORNING)).isEqualTo(750);
    assertThat(cap.room(Importance.HIGH, MORNING)).isEqualTo(900);
  }

  @Test
  void whatOneImportanceTakes_theOthersLack() {
    DailyCap cap = new DailyCap(1_000, MORNING, 0);

    cap.take(Importance.HIGH, 800, MORNING);

    assertThat(cap.room(Importance.LOW, MORNING)).isZero();
    assertThat(cap.room(Importance.NORMAL, MORNING)).isZero();
    assertThat(cap.room(Importance.HIGH, MORNING)).isEqualTo(100);
  }

  @Test
  void aboveItsShare_writesAreSpreadOverTheRestOfTheDay() {
    DailyCap cap = new DailyCap(1_000_000, MORNING, 750_000);

    // 200,000 for normal models, in the 18 hours that are left: 3.09 a second.
    assertThat(cap.room(Importance.NORMAL, MORNING.plusSeconds(10))).isEqualTo(30);
    cap.take(Importance.NORMAL, 30, MORNING.plusSeconds(10));
    assertThat(cap.room(Importance.NORMAL, MORNING.plusSeconds(10))).isZero();
    // What nobody took is not saved up for more than a minute.
    assertThat(cap.room(Importance.NORMAL, MORNING.plus(Duration.ofHours(1))))
        .isBetween(190L, 200L);
  }

  @Test
  void leastImportantOnes_leaveAReserveToTheOthers_andTheCapHolds() {
    DailyCap cap = new DailyCap(10_000, MORNING, 0);
    Map<Importance, Long> written = new EnumMap<>(Importance.class);
    Instant midnight = Instant.parse("2026-11-27T00:00:00Z");

    for (Instant now = MORNING; now.isBefore(midnight); now = now.plusSeconds(7)) {
      for (Importance importance : Importance.values()) {
        long room = cap.room(importance, now);
        cap.take(importance, room, now);
        written.merge(importance, room, Long::sum);
      }
    }

    long all = written.values().stream().mapToLong(Long::longValue).sum();
    assertThat(all).isBetween(9_800L, 10_000L);
    // Each took what was free to it; then HIGH had what the others could not reach.
    assertThat(written.get(Importance.HIGH)).isGreaterThan(2_000L);
  }

  @Test
  void midnight_beginsAnotherDay() {
    DailyCap cap = new DailyCap(100, MORNING, 100);
    assertThat(cap.room(Importance.HIGH, Instant.parse("2026-11-26T23:59:59Z"))).isZero();

    assertThat(cap.room(Importance.LOW, Instant.parse("2026-11-27T00:00:00Z"))).isEqualTo(50);
  }

  @Test
  void whatWasGivenBack_canBeTakenAgain() {
    DailyCap cap = new DailyCap(100, MORNING, 0);
    cap.take(Importance.LOW, 50, MORNING);

    cap.giveBack(20);

    assertThat(cap.room(Importance.LOW, MORNING)).isEqualTo(20);
  }
}
