package dev.forebay.worker.spend;

import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.Spend.Day;
import dev.forebay.model.Importance;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the worker writes to KV, counted as Cloudflare bills it: each pair and each deleted key of a
 * call that was, or may have been, applied. The ledger is told now and then; a process that is
 * killed forgets what it wrote since. Safe for any thread.
 */
public final class Spending {

  private static final Logger LOG = LoggerFactory.getLogger(Spending.class);

  private record DayOfModel(LocalDate day, String model) {}

  private final InstantSource clock;
  private final @Nullable DailyCap cap;
  private final Map<DayOfModel, Day> untold = new HashMap<>();
  private final Map<String, Long> held = new HashMap<>();

  private Spending(InstantSource clock, @Nullable DailyCap cap) {
    this.clock = clock;
    this.cap = cap;
  }

  /** Counts, and lets nothing wait. */
  public static Spending unlimited(InstantSource clock) {
    return new Spending(clock, null);
  }

  /**
   * Counts on from what the ledger knows of today.
   *
   * @param writesPerDay the cap, in UTC days; 0 for none
   * @throws LedgerException if it cannot be asked
   */
  public static Spending capped(long writesPerDay, Ledger ledger, InstantSource clock) {
    if (writesPerDay == 0) {
      return unlimited(clock);
    }
    Instant now = clock.instant();
    long today = ledger.spend().since(DailyCap.day(now)).stream().mapToLong(Day::writes).sum();
    return new Spending(clock, new DailyCap(writesPerDay, now, today));
  }

  /**
   * Counts pairs that are about to be written, as many of them as the cap allows now.
   *
   * @return how many; the others must wait
   */
  public synchronized int take(Importance importance, int wanted) {
    if (cap == null) {
      return wanted;
    }
    Instant now = clock.instant();
    int granted = (int) Math.min(wanted, cap.room(importance, now));
    cap.take(importance, granted, now);
    return granted;
  }

  /** Counts pairs that must be written whatever is left of the day. */
  public synchronized void takeAnyway(Importance importance, int pairs) {
    if (cap != null) {
      cap.take(importance, pairs, clock.instant());
    }
  }

  /** Pairs that were taken and that KV certainly has not stored. */
  public synchronized void giveBack(int pairs) {
    if (cap != null) {
      cap.giveBack(pairs);
    }
  }

  /** How many pairs could be written now. */
  public synchronized long room(Importance importance) {
    return cap == null ? Long.MAX_VALUE : cap.room(importance, clock.instant());
  }

  /** Counts what was written, or may have been. */
  public void wrote(String model, long writes, long deletes) {
    count(new Day(DailyCap.day(clock.instant()), model, writes, deletes));
  }

  private synchronized void count(Day day) {
    untold.merge(
        new DayOfModel(day.day(), day.model()),
        day,
        (one, other) ->
            new Day(
                one.day(),
                one.model(),
                one.writes() + other.writes(),
                one.deletes() + other.deletes()));
  }

  /**
   * Tells the ledger what was counted since the last time. A commit without an answer counts twice.
   *
   * @throws LedgerException if it cannot be told; nothing is forgotten
   */
  public void tell(Ledger ledger) {
    List<Day> days;
    synchronized (this) {
      days = new ArrayList<>(untold.values());
      untold.clear();
    }
    if (days.isEmpty()) {
      return;
    }
    try {
      ledger.spend().add(days);
    } catch (LedgerException e) {
      days.forEach(this::count);
      throw e;
    }
  }

  /** Documents of a model that the cap keeps waiting. */
  public synchronized long held(String model) {
    return held.getOrDefault(model, 0L);
  }

  /** Documents that the cap keeps waiting, by model. */
  public synchronized Map<String, Long> held() {
    return Map.copyOf(held);
  }

  /** Some more documents wait from now on. */
  synchronized void holds(String model, long documents) {
    if (held.merge(model, documents, Long::sum) == documents) {
      LOG.atWarn()
          .addKeyValue("model", model)
          .addKeyValue("writesPerDay", cap == null ? 0 : cap.cap())
          .log("The day's writes run short; documents of a model wait");
    }
  }

  /** So many documents wait; whoever is not named does not any more. */
  synchronized void holds(Map<String, Long> documents) {
    for (String model : List.copyOf(held.keySet())) {
      if (!documents.containsKey(model)) {
        held.remove(model);
        LOG.atInfo().addKeyValue("model", model).log("No document waits for writes any more");
      }
    }
    documents.forEach((model, number) -> {
      if (held.containsKey(model)) {
        held.put(model, number);
      } else {
        holds(model, number);
      }
    });
  }

  /**
   * What writing costs.
   *
   * @throws LedgerException if it cannot be asked
   */
  public SpendStatus status(Ledger ledger) {
    Instant now = clock.instant();
    List<Day> days = new ArrayList<>(ledger.spend().since(MonthSpend.first(now)));
    synchronized (this) {
      days.addAll(untold.values());
      long today =
          days.stream()
              .filter(day -> day.day().equals(DailyCap.day(now)))
              .mapToLong(Day::writes)
              .sum();
      return new SpendStatus(
          today, cap == null ? null : cap.cap(), MonthSpend.of(days, now), Map.copyOf(held));
    }
  }
}
