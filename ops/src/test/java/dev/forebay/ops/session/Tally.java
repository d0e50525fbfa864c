package dev.forebay.ops.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was counted of a run. Safe for any thread. */
final class Tally {

  private static final Pattern BECAUSE = Pattern.compile("because: (['\"])(.*?)\\1");
  private static final String STALE = "stale as ";
  private static final String STALE_AWAY = "stale while away as ";
  private static final String UNREACHED = "the origin cannot be reached";
  static final String LATE = "the origin did not answer within 800 ms";
  private static final String BUSY = "the origin answers 503";

  /** Readings that meet a change of the network: each hand has two at most. */
  private static final int UNDER_WAY = 2 * Run.HANDS;

  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
  private final Queue<Double> lags = new ConcurrentLinkedQueue<>();
  private final long began = System.nanoTime();
  private long ended;

  void count(String what) {
    counts.computeIfAbsent(what, key -> new AtomicLong()).incrementAndGet();
  }

  long of(String what) {
    AtomicLong count = counts.get(what);
    return count == null ? 0 : count.get();
  }

  /** All that begin so. */
  long all(String prefix) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .mapToLong(entry -> entry.getValue().get())
        .sum();
  }

  void lag(double seconds) {
    lags.add(seconds);
  }

  /**
   * Stops the time.
   *
   * @param originReads that the API counted meanwhile
   */
  void end(double originReads) {
    ended = System.nanoTime();
    counts.put("origin reads", new AtomicLong(Math.round(originReads)));
  }

  /**
   * Counts why replies were stale.
   *
   * @param log of the site
   * @param cut where in it the site could not reach the API any more
   * @param mended where it could again
   */
  void readLog(String log, int cut, int mended) {
    BECAUSE
        .matcher(log)
        .results()
        .forEach(found -> {
          boolean away = found.start() >= cut && found.start() < mended;
          count((away ? STALE_AWAY : STALE) + found.group(2));
        });
  }

  /** Every label was seen, nothing failed, and nobody but holders of tokens asked the API. */
  void assertPlausible() {
    for (String label : List.of("fresh", "origin", "stale", "unconstrained")) {
      assertThat(of("read " + label)).as(label).isGreaterThan(20);
    }
    for (String kind : List.of("client with cookies", "client with headers")) {
      assertThat(of(kind)).as(kind).isGreaterThan(all("client ") / 4);
    }
    assertThat(of("read fresh")).isGreaterThanOrEqualTo(all("read ") * 3 / 100);
    // The site does not reach the API for a tenth of the time.
    assertThat(of("read stale")).isLessThan(all("read ") * 15 / 100);
    assertThat(all("read ")).isEqualTo(of("status 200") + of("status 304") + of("status 404"));
    assertThat(counts.keySet()).noneMatch(what -> what.matches("write .* 5.."));
    assertReasons();
    long unreached = of(STALE + UNREACHED) + of(STALE_AWAY + UNREACHED);
    assertThat(of("origin reads"))
        .isLessThanOrEqualTo(of("read origin") + of("read stale") - unreached + UNDER_WAY);
  }

  /** The API was away, or late, or too busy for a few; it has refused nobody. */
  private void assertReasons() {
    assertThat(all("stale ")).as("each stale reply is logged").isEqualTo(of("read stale"));
    assertThat(counts.keySet())
        .filteredOn(what -> what.startsWith("stale "))
        .isSubsetOf(
            STALE + UNREACHED,
            STALE + LATE,
            STALE + BUSY,
            STALE_AWAY + UNREACHED,
            STALE_AWAY + LATE,
            STALE_AWAY + BUSY);
    assertThat(of(STALE + BUSY) + of(STALE_AWAY + BUSY)).isLessThanOrEqualTo(all("read ") / 100);
    assertThat(of(STALE + UNREACHED)).isLessThanOrEqualTo(UNDER_WAY);
    assertThat(of(STALE_AWAY + UNREACHED)).isPositive();
    assertThat(of(STALE_AWAY + LATE)).isPositive();
  }

  /** For people: shares, rates, and all the counts. */
  @Override
  public String toString() {
    double seconds = (ended - began) / 1e9;
    long reads = all("read ");
    String shares =
        Stream.of("fresh", "origin", "stale", "unconstrained")
            .map(label -> "%.1f %% %s".formatted(100.0 * of("read " + label) / reads, label))
            .collect(Collectors.joining(", "));
    List<Double> sorted = lags.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "%d readings (%s), %d writes, %d readings without a token in %.0f s, %.0f requests/s; the"
            + " worker was %.1f s behind in the median, %.1f s at most; %s",
        reads,
        shares,
        all("write "),
        all("stranger "),
        seconds,
        (reads + all("write ") + all("stranger ")) / seconds,
        sorted.get(sorted.size() / 2),
        sorted.getLast(),
        new TreeMap<>(counts));
  }
}
