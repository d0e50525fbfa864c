package dev.forebay.ops.plan.show;

import java.util.ArrayList;
import java.util.List;

/** The difference of two texts by lines, in the unified form that {@code diff -u} made usual. */
public final class LineDiff {

  private static final int CONTEXT = 3;

  /** Cells of the table; beyond, all differing lines are shown as replaced. */
  private static final long MOST_CELLS = 4_000_000;

  /** One line of the whole: kept (' '), only before ('-'), only after ('+'). */
  private record Line(char sign, String text) {}

  private LineDiff() {}

  /**
   * Returns hunks with three lines of context, each under its {@code @@} line; empty if the texts
   * are equal.
   */
  public static List<String> of(List<String> before, List<String> after) {
    return hunks(whole(before, after));
  }

  private static List<Line> whole(List<String> before, List<String> after) {
    int head = 0;
    int shorter = Math.min(before.size(), after.size());
    while (head < shorter && before.get(head).equals(after.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < shorter - head
        && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
      tail++;
    }
    List<Line> lines = new ArrayList<>();
    before.subList(0, head).forEach(text -> lines.add(new Line(' ', text)));
    addMiddle(
        before.subList(head, before.size() - tail),
        after.subList(head, after.size() - tail),
        lines);
    before
        .subList(before.size() - tail, before.size())
        .forEach(text -> lines.add(new Line(' ', text)));
    return lines;
  }

  /** By the longest common subsequence, where that is not too dear. */
  private static void addMiddle(List<String> before, List<String> after, List<Line> lines) {
    int rows = before.size();
    int columns = after.size();
    boolean dear = (long) (rows + 1) * (columns + 1) > MOST_CELLS;
    int[][] common = dear ? new int[0][] : common(before, after);
    int i = 0;
    int j = 0;
    while (i < rows || j < columns) {
      if (!dear && i < rows && j < columns && before.get(i).equals(after.get(j))) {
        lines.add(new Line(' ', before.get(i++)));
        j++;
      } else if (i < rows && (dear || j == columns || common[i + 1][j] >= common[i][j + 1])) {
        lines.add(new Line('-', before.get(i++)));
      } else {
        lines.add(new Line('+', after.get(j++)));
      }
    }
  }

  /** How many lines the rests from i and from j have in common. */
  private static int[][] common(List<String> before, List<String> after) {
    int[][] common = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }

  private static List<String> hunks(List<Line> lines) {
    List<String> text = new ArrayList<>();
    int[] number = {1, 1}; // of the next line before and after
    int at = 0;
    while (at < lines.size()) {
      int first = nextChange(lines, at);
      if (first == lines.size()) {
        break;
      }
      int from = Math.max(at, first - CONTEXT);
      advance(number, lines.subList(at, from));
      int to = end(lines, first);
      List<Line> hunk = lines.subList(from, to);
      text.add("@@ -" + range(number[0], hunk, '-') + " +" + range(number[1], hunk, '+') + " @@");
      hunk.forEach(line -> text.add(line.sign + line.text));
      advance(number, hunk);
      at = to;
    }
    return text;
  }

  private static int nextChange(List<Line> lines, int from) {
    int at = from;
    while (at < lines.size() && lines.get(at).sign == ' ') {
      at++;
    }
    return at;
  }

  /** Where a hunk ends: changes whose context would touch share one. */
  private static int end(List<Line> lines, int firstChange) {
    int last = firstChange;
    for (int next = firstChange;
        next < lines.size() && next - last <= 2 * CONTEXT + 1;
        next = nextChange(lines, next + 1)) {
      last = next;
    }
    return Math.min(lines.size(), last + CONTEXT + 1);
  }

  private static void advance(int[] number, List<Line> lines) {
    number[0] += count(lines, '-');
    number[1] += count(lines, '+');
  }

  private static int count(List<Line> lines, char sign) {
    return (int) lines.stream().filter(line -> line.sign == ' ' || line.sign == sign).count();
  }

  private static String range(int number, List<Line> hunk, char sign) {
    int count = count(hunk, sign);
    return (count == 0 ? number - 1 : number) + "," + count;
  }
}
