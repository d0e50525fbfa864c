package dev.forebay.worker.spend;

import dev.forebay.ledger.Spend.Day;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a month costs so far, and by its end if its days go on like the usual one of late: the
 * median of up to seven whole days, so that a single backfill does not count for thirty.
 *
 * @param writes pairs written this month (UTC)
 * @param deletes keys deleted
 * @param projectedWrites by its end; null before there is a whole day to go by
 * @param projectedDeletes the same of deletes
 */
public record MonthSpend(
    long writes, long deletes, @Nullable Long projectedWrites, @Nullable Long projectedDeletes) {

  private static final int DAYS = 7;
  private static final double DAY_NANOS = Duration.ofDays(1).toNanos();

  /** The first day that {@link #of} wants to know of. */
  static LocalDate first(Instant now) {
    LocalDate today = DailyCap.day(now);
    LocalDate month = today.withDayOfMonth(1);
    LocalDate usual = today.minusDays(DAYS);
    return usual.isBefore(month) ? usual : month;
  }

  /**
   * @param days since {@link #first}, each model of a day for itself; a day without is one that
   *     cost nothing, unless it is before the first of them
   */
  static MonthSpend of(List<Day> days, Instant now) {
    return new MonthSpend(
        soFar(days, Day::writes, now),
        soFar(days, Day::deletes, now),
        projected(days, Day::writes, now),
        projected(days, Day::deletes, now));
  }

  private static long soFar(List<Day> days, ToLongFunction<Day> number, Instant now) {
    YearMonth month = YearMonth.from(DailyCap.day(now));
    return days.stream()
        .filter(day -> YearMonth.from(day.day()).equals(month))
        .mapToLong(number)
        .sum();
  }

  private static @Nullable Long projected(List<Day> days, ToLongFunction<Day> number, Instant now) {
    LocalDate today = DailyCap.day(now);
    if (days.isEmpty() || !days.getFirst().day().isBefore(today)) {
      return null;
    }
    LocalDate first = days.getFirst().day();
    LocalDate from = first.isBefore(today.minusDays(DAYS)) ? today.minusDays(DAYS) : first;
    List<Long> usual =
        from.datesUntil(today)
            .map(day -> days.stream().filter(one -> one.day().equals(day)).mapToLong(number).sum())
            .sorted()
            .toList();
    Instant end =
        YearMonth.from(today).atEndOfMonth().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    double left = Duration.between(now, end).toNanos() / DAY_NANOS;
    return soFar(days, number, now) + Math.round(usual.get((usual.size() - 1) / 2) * left);
  }
}
