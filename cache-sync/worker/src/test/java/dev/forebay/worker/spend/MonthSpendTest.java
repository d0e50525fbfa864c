package dev.forebay.worker.spend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ledger.Spend.Day;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonthSpendTest {

  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

  @Test
  void thisMonthCounts_theLastOnlyForTheProjection() {
    List<Day> days =
        List.of(
            day("2026-11-24", "article", 100),
            day("2026-11-25", "article", 100),
            day("2026-11-25", "tag", 200),
            day("2026-11-26", "tag", 50));

    MonthSpend month = MonthSpend.of(days, NOON);

    assertThat(month.writes()).isEqualTo(450);
    // The usual day is the lower one of two: 100; four and a half of them are left.
    assertThat(month.projectedWrites()).isEqualTo(450 + 450);
  }

  @Test
  void oneBackfill_doesNotCountForEveryDayToCome() {
    List<Day> days =
        List.of(
            day("2026-11-20", "article", 1_000_000),
            day("2026-11-23", "article", 10),
            day("2026-11-24", "article", 10),
            day("2026-11-25", "article", 10));

    MonthSpend month = MonthSpend.of(days, NOON);

    assertThat(month.projectedWrites()).isEqualTo(1_000_030 + 45);
  }

  @Test
  void firstDay_projectsNothing() {
    MonthSpend month = MonthSpend.of(List.of(day("2026-11-26", "article", 10)), NOON);

    assertThat(month.writes()).isEqualTo(10);
    assertThat(month.projectedWrites()).isNull();
    assertThat(MonthSpend.of(List.of(), NOON).projectedWrites()).isNull();
  }

  @Test
  void beginOfAMonth_looksAtTheDaysBefore() {
    Instant first = Instant.parse("2026-12-01T00:00:00Z");
    assertThat(MonthSpend.first(first)).isEqualTo(LocalDate.parse("2026-11-24"));

    MonthSpend month = MonthSpend.of(List.of(day("2026-11-30", "article", 10)), first);

    assertThat(month.writes()).isZero();
    assertThat(month.projectedWrites()).isEqualTo(310);
  }

  private static Day day(String day, String model, long writes) {
    return new Day(LocalDate.parse(day), model, writes, 0);
  }
}
