package dev.forebay.ops.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The API and a bare loop, turn by turn.
 *
 * @param name of what they do
 * @param rounds each turn of the API with the one of the bare loop that followed it
 */
record Comparison(String name, List<Round> rounds) {

  /** Two turns, one after the other. */
  record Round(Turn api, Turn bare) {

    double rate() {
      return api.perSecond() / bare.perSecond();
    }

    double p99() {
      return (double) api.p99().toNanos() / bare.p99().toNanos();
    }
  }

  private static final int BAR = 30;

  /** The middle one of all rounds. */
  double median(ToDoubleFunction<Round> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** A line for each side, the round in the middle of all by rate. */
  List<String> lines() {
    List<Round> sorted = new ArrayList<>(rounds);
    sorted.sort((a, b) -> Double.compare(a.rate(), b.rate()));
    Round middle = sorted.get(sorted.size() / 2);
    double most = Math.max(middle.api().perSecond(), middle.bare().perSecond());
    Function<Turn, String> bar =
        turn -> "█".repeat((int) Math.round(BAR * turn.perSecond() / most));
    return List.of(
        String.format(
            Locale.ROOT, "%-8s API   %s  %s", name, middle.api(), bar.apply(middle.api())),
        String.format(
            Locale.ROOT, "%-8s bare  %s  %s", "", middle.bare(), bar.apply(middle.bare())));
  }
}
