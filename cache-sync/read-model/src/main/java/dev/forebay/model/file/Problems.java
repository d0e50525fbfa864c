package dev.forebay.model.file;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Mend;
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

  /** Adds a problem of a place in forebay.yaml. */
  public void add(Location at, String what, @Nullable String fix) {
    add(at, what, fix, null);
  }

  /** Adds a problem of a place in forebay.yaml that SQL can mend. */
  public void add(Location at, String what, @Nullable String fix, @Nullable Mend mend) {
    found.add(new Found(at.line(), new Problem(at.toString(), what, fix, mend)));
  }

  /** Adds a problem that belongs to no line; it is listed first. */
  public void add(String where, String what, @Nullable String fix) {
    add(where, what, fix, null);
  }

  /** Adds a problem that belongs to no line and that SQL can mend. */
  public void add(String where, String what, @Nullable String fix, @Nullable Mend mend) {
    found.add(new Found(0, new Problem(where, what, fix, mend)));
  }

  /** Adds what others have found. */
  public void addAll(Problems others) {
    found.addAll(others.found);
  }

  /** Adds that a name is none of the known ones, with the nearest of them. */
  public void addUnknown(Text name, String what, Collection<String> known) {
    String nearest = nearest(name.value(), known);
    String all = "Known: " + String.join(", ", known.stream().sorted().limit(30).toList()) + ".";
    add(
        name.at(),
        what + " '" + name.value() + "'" + " is unknown.",
        nearest == null ? all : "Did you mean " + nearest + "?");
  }

  private static @Nullable String nearest(String name, Collection<String> known) {
    int most = Math.max(1, Math.min(name.length(), 100) / 3);
    return known.stream()
        .filter(candidate -> Math.abs(candidate.length() - name.length()) <= most)
        .filter(candidate -> distance(name, candidate) <= most)
        .min(
            Comparator.<String>comparingInt(candidate -> distance(name, candidate))
                .thenComparing(Comparator.naturalOrder()))
        .orElse(null);
  }

  /** Characters to add, drop, replace or swap with their neighbour; case does not count. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        d[i][j] =
            Math.min(d[i - 1][j - 1] + (same ? 0 : 1), Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }

  /** How many were found so far. */
  public int count() {
    return found.size();
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
    if (count() > 0) {
      throw new InvalidSetupException(list());
    }
  }
}
