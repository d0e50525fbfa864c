package dev.forebay.ops.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.forebay.ops.admin.StatusJson;
import dev.forebay.worker.verify.Awaited.Why;
import dev.forebay.worker.verify.Drift;
import dev.forebay.worker.verify.Drift.Kind;
import dev.forebay.worker.verify.UnderWay;
import dev.forebay.worker.verify.VerifyResult;
import java.util.List;
import java.util.Locale;

/** What a verification found, as text or as JSON. */
public final class VerifyReport {

  private static final int SHOWN = 20;

  /** Reasons of resyncs that are told apart. */
  private static final String NEW = "new model";

  private static final String REFRESH = "refresh";

  private record Row(String key, String kind) {}

  private record Resync(String model, String reason, long settled, long total) {}

  private record Json(
      long listed,
      long compared,
      long healed,
      long missing,
      long extra,
      long stale,
      long different,
      long awaited,
      boolean complete,
      List<Row> drift,
      List<Resync> underWay) {}

  private VerifyReport() {}

  /** One line, before it begins. */
  public static String cost(VerifyDesk.Cost cost) {
    return String.format(
        Locale.ROOT,
        "forebay: verifying %,d documents: about %,d requests to KV, $%.4f at list price",
        cost.documents(),
        cost.requests(),
        cost.dollars());
  }

  /**
   * Counts and the first wrong keys; the last line ends with a line feed.
   *
   * @param repairing whether the worker was told
   */
  public static String table(VerifyResult result, boolean repairing) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%,d keys listed in KV, %,d documents compared, %,d changed meanwhile%n",
            result.listed(),
            result.compared(),
            result.healed()));
    underWay(result, text);
    awaited(result, text);
    if (result.drift().isEmpty() && !result.complete()) {
      return text.append("NOT VERIFIED: too many keys are doubtful; is a resync under way?")
          .append(System.lineSeparator())
          .toString();
    }
    if (result.drift().isEmpty()) {
      return text.append(
              result.awaited().isEmpty()
                  ? "KV is what PostgreSQL says"
                  : "NOT ALL VERIFIED: what was judged is what PostgreSQL says")
          .append(System.lineSeparator())
          .toString();
    }
    text.append(
        String.format(
            Locale.ROOT,
            "KV IS WRONG: %,d missing, %,d extra, %,d stale, %,d different%s%n",
            result.count(Kind.MISSING),
            result.count(Kind.EXTRA),
            result.count(Kind.STALE),
            result.count(Kind.DIFFERENT),
            result.complete() ? "" : ", and more that were not looked at"));
    result.drift().stream()
        .limit(SHOWN)
        .forEach(one -> text.append(String.format("  %-9s  %s%n", kind(one), one.key().kvKey())));
    if (result.drift().size() > SHOWN) {
      text.append(String.format("  … %d more%n", result.drift().size() - SHOWN));
    }
    return text.append(
            repairing
                ? "The worker writes them again."
                : "verify --repair has the worker write them again.")
        .append(System.lineSeparator())
        .toString();
  }

  private static void underWay(VerifyResult result, StringBuilder text) {
    for (UnderWay one : result.underWay()) {
      if (one.reason().equals(REFRESH)) {
        continue; // there always is one
      }
      text.append(
          String.format(
              Locale.ROOT,
              "%s: a %s is under way (%s), %s; what it has not reached is not judged%n",
              one.model(),
              one.reason().equals(NEW) ? "backfill" : "resync",
              one.reason(),
              one.total() < 0
                  ? "not begun"
                  : String.format(Locale.ROOT, "%,d of %,d", one.settled(), one.total())));
    }
  }

  private static void awaited(VerifyResult result, StringBuilder text) {
    if (!result.awaited().isEmpty()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%,d not judged, the worker is about to write them:"
                  + " %,d ahead of a resync, %,d dirty, %,d requested or held, %,d in the log%n",
              result.awaited().size(),
              result.count(Why.RESYNC),
              result.count(Why.DIRTY),
              result.count(Why.REQUESTED),
              result.count(Why.LAG)));
    }
  }

  private static String kind(Drift drift) {
    return drift.kind().name().toLowerCase(Locale.ROOT);
  }

  /** Returns one object. */
  public static String json(VerifyResult result) throws JsonProcessingException {
    return StatusJson.write(
        new Json(
            result.listed(),
            result.compared(),
            result.healed(),
            result.count(Kind.MISSING),
            result.count(Kind.EXTRA),
            result.count(Kind.STALE),
            result.count(Kind.DIFFERENT),
            result.awaited().size(),
            result.complete(),
            result.drift().stream().map(one -> new Row(one.key().kvKey(), kind(one))).toList(),
            result.underWay().stream()
                .map(one -> new Resync(one.model(), one.reason(), one.settled(), one.total()))
                .toList()));
  }
}
