package dev.forebay.ops.faults;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.ops.faults.check.AppliedLog;
import dev.forebay.ops.faults.check.Violations;
import dev.forebay.ops.faults.check.Violations.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a run went.
 *
 * @param options what was run
 * @param faults how many of which kind, by name
 * @param recoveries seconds from the end of each fault until everything flowed again, by kind
 * @param changes transactions committed
 * @param documents compared
 * @param writes changes of keys in KV
 * @param late those of them that were applied when they had been given up
 * @param excused pairs of writes closer than a second while answers were lost or workers replaced
 * @param longestRepair the longest time that an older value which landed late stayed
 * @param repairBound the longest that is allowed
 * @param longestLag that was reported
 * @param violations what was broken
 * @param logs where logs are kept
 */
public record Outcome(
    FaultOptions options,
    Map<String, Integer> faults,
    Map<String, List<Duration>> recoveries,
    long changes,
    int documents,
    long writes,
    long late,
    long excused,
    Duration longestRepair,
    Duration repairBound,
    Duration longestLag,
    Violations violations,
    Path logs) {

  private static final double PERCENT = 100;

  /** Told by canaries, and by rules that hold in every committed state. */
  private static final Set<Promise> NEED_OUR_DATA =
      EnumSet.of(Promise.PHANTOM, Promise.ACKNOWLEDGED, Promise.LAG);

  static Outcome of(
      FaultOptions options,
      Timeline timeline,
      AppliedLog log,
      long changes,
      int documents,
      Duration longestLag,
      Violations violations) {
    Map<String, Integer> faults = new TreeMap<>();
    timeline.counts().forEach((kind, count) -> faults.put(name(kind), count));
    Map<String, List<Duration>> recoveries = new TreeMap<>();
    timeline
        .recoveries()
        .forEach((kind, times) -> recoveries.put(name(kind), times.stream().sorted().toList()));
    return new Outcome(
        options,
        faults,
        recoveries,
        changes,
        documents,
        log.writes(),
        log.late(),
        log.excused(),
        log.longestRepair(),
        FaultRun.REPAIR_BOUND,
        longestLag,
        violations,
        options.directory());
  }

  private static String name(FaultKind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Whether everything that is promised held. */
  public boolean holds() {
    return violations.none();
  }

  /** The tables, for people. */
  public String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, "%-28s %6s  %s%n", "fault", "count", "recovery p50   p99   max (s)"));
    faults.forEach((kind, count) ->
        text.append(
            String.format(
                Locale.ROOT,
                "%-28s %6d  %s%n",
                kind,
                count,
                times(recoveries.getOrDefault(kind, List.of())))));
    text.append(
        String.format(
            Locale.ROOT,
            "%-28s %6d  %s%n%n",
            "all",
            faults.values().stream().mapToInt(Integer::intValue).sum(),
            times(all())));
    for (Promise promise : Promise.values()) {
      text.append(String.format(Locale.ROOT, "%-10s  %s%n", verdict(promise), promise.text()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%n%d documents compared, %d changes, %d writes to KV (%.2f per change), %d of them late;"
                + " an older value stayed at most %.1f s (bound %d s); longest lag %.1f s%n",
            documents,
            changes,
            writes,
            writesPerChange(),
            late,
            seconds(longestRepair),
            repairBound.toSeconds(),
            seconds(longestLag)));
    if (!holds()) {
      text.append(String.format(Locale.ROOT, "%nBROKEN with --seed %d:%n", options.seed()));
      violations.texts().forEach(what -> text.append("  ").append(what).append('\n'));
      text.append("Logs are in ").append(logs).append('\n');
    }
    return text.toString();
  }

  private String verdict(Promise promise) {
    int count = violations.count(promise);
    if (count > 0) {
      return count + " ×";
    }
    return options.models() != null && NEED_OUR_DATA.contains(promise) ? "not judged" : "holds";
  }

  private static String times(List<Duration> sorted) {
    return sorted.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "%12.1f %5.1f %5.1f",
            seconds(percentile(sorted, 50)),
            seconds(percentile(sorted, 99)),
            seconds(sorted.getLast()));
  }

  private List<Duration> all() {
    return recoveries.values().stream().flatMap(List::stream).sorted().toList();
  }

  private static Duration percentile(List<Duration> sorted, int percent) {
    int index = (int) Math.ceil(percent / PERCENT * sorted.size()) - 1;
    return sorted.get(Math.max(0, index));
  }

  private static double seconds(Duration time) {
    return Math.round(time.toMillis() / PERCENT) / 10.0;
  }

  private double writesPerChange() {
    return changes == 0 ? 0 : Math.round(writes * PERCENT / changes) / PERCENT;
  }

  /** One line for programs. */
  public String json() {
    ObjectNode json = new JsonMapper().createObjectNode();
    json.put("seed", options.seed());
    json.put("minutes", options.time().toMillis() / 60_000.0);
    ObjectNode kinds = json.putObject("faults");
    faults.forEach(kinds::put);
    json.put("changes", changes);
    json.put("documents", documents);
    json.put("lost", violations.count(Promise.LOST));
    json.put("phantom", violations.count(Promise.PHANTOM));
    json.put("regressed", violations.count(Promise.REGRESSED));
    json.put("extra", violations.count(Promise.EXTRA));
    ObjectNode recovery = json.putObject("recoverySeconds");
    List<Duration> all = all();
    if (!all.isEmpty()) {
      recovery.put("p50", seconds(percentile(all, 50)));
      recovery.put("p99", seconds(percentile(all, 99)));
      recovery.put("max", seconds(all.getLast()));
    }
    json.put("writesPerChange", writesPerChange());
    json.put("longestRepairSeconds", seconds(longestRepair));
    violations.texts().forEach(json.putArray("violations")::add);
    return json.toString();
  }
}
