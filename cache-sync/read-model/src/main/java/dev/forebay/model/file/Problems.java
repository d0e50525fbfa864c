package dev.forebay.model.file;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong, so that one start shows all of it. Confined to one thread. */
public final class Problems {

  private record Found(int line, Problem problem) {}

  private final List<Found> found = new ArrayList<>();

  /** Adds a problem of a line of forebay.yaml. */
  public void add(int line, String what, @Nullable String fix) {
    found.add(new Found(line, new Problem("forebay.yaml:" + line, what, fix)));
  }

  /** Adds a problem that belongs to no line; it is listed first. */
  public void add(String where, String what, @Nullable String fix) {
    found.add(new Found(0, new Problem(where, what, fix)));
  }

  /** Adds that a name is none of the known ones, with the nearest of them. */
  public void addUnknown(Text name, String what, Collection<String> known) {
    String nearest = nearest(name.value(), known);
    String all = "Known: " + String.join(", ", known.stream().sorted().limit(30).toList()) + ".";
    add(
        name.line(),
        what + " '" + name.value() + "'" + " is unknown.",
        nearest == null ? all : "Did you mean " + nearest + "?");
  }

  private static @Nullable String nearest(String name, Collection<String> known) {
    int most = Math.max(1, name.length() / 3);
    return known.stream()
        .filter(candidate -> distance(name, candidate) <= most)
        .min(
            Comparator.<String>comparingInt(candidate -> distance(name, candidate))
                .thenComparing(Comparator.naturalOrder()))
        .orElse(null);
  }

  /** Levenshtein's distance, upper and lower case alike. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  /** Whether nothing was found so far. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** Returns what was found, by line, each problem once. */
  public List<Problem> list() {
    return found.stream()
        .sorted(Comparator.comparingInt(Found::line))
        .map(Found::problem)
        .distinct()
        .toList();
  }

  /**
   * Goes on only if nothing was found.
   *
   * @throws InvalidSetupException with everything found
   */
  public void throwIfAny() {
    if (!isEmpty()) {
      throw new InvalidSetupException(list());
    }
  }
}
