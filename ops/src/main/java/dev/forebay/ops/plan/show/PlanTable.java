package dev.forebay.ops.plan.show;

import dev.forebay.ops.plan.KvCost;
import dev.forebay.ops.plan.ModelPlan;
import dev.forebay.ops.plan.Plan;
import dev.forebay.ops.plan.Plan.DocumentChange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A plan for a terminal of 100 columns. */
public final class PlanTable {

  private static final int WIDTH = 100;
  private static final int MOST_DIFF_LINES = 60;
  private static final String GAP = "  ";

  private final StringBuilder text = new StringBuilder();

  private PlanTable() {}

  /** Renders a plan; the last line ends with a line feed. */
  public static String render(Plan plan) {
    PlanTable table = new PlanTable();
    table.line("plan for " + plan.place() + ", instance " + plan.instance());
    table.line("");
    table.documents(plan);
    table.line("");
    table.bytes(plan);
    table.line("");
    table.cost(plan);
    table.keys(plan);
    plan.changes().forEach(table::change);
    table.notes(plan);
    return table.text.toString();
  }

  private void documents(Plan plan) {
    List<String[]> rows = new ArrayList<>();
    rows.add(row("documents", "", "added", "changed", "removed", "unchanged", "dead letters"));
    for (ModelPlan model : plan.models()) {
      boolean about = model.estimated();
      rows.add(
          row(
              model.name(),
              model.state().words(),
              count(model.added(), about),
              count(model.changed(), about),
              count(model.removed(), false),
              count(model.unchanged(), about),
              count(model.deadLetters(), about)));
    }
    align(rows, 2);
  }

  private void bytes(Plan plan) {
    List<String[]> rows = new ArrayList<>();
    rows.add(row("bytes", "KV writes", "KV deletes", "written", "before", "after"));
    for (ModelPlan model : plan.models()) {
      boolean about = model.estimated();
      rows.add(
          row(
              model.name(),
              count(model.writes(), about),
              count(model.removed(), false),
              size(model.bytesWritten(), about),
              size(model.bytesBefore(), false),
              size(model.bytesAfter(), about)));
    }
    if (plan.models().size() > 1) {
      boolean about = plan.estimated();
      rows.add(
          row(
              "total",
              count(plan.cost().writes(), about),
              count(plan.cost().deletes(), false),
              size(plan.models().stream().mapToLong(ModelPlan::bytesWritten).sum(), about),
              size(plan.cost().bytesBefore(), false),
              size(plan.cost().bytesAfter(), about)));
    }
    align(rows, 1);
  }

  private void cost(Plan plan) {
    KvCost cost = plan.cost();
    String about = plan.estimated() ? "about " : "";
    List<String[]> rows = new ArrayList<>();
    rows.add(
        row(
            "requests",
            cost.requests() == 0
                ? "none"
                : "about "
                    + number(cost.requests())
                    + ": "
                    + time(cost.requestTime())
                    + " at the request budget"));
    rows.add(
        row(
            "price",
            about
                + dollars(cost.changeDollars())
                + " for this change"
                + (cost.writes() + cost.deletes() == 0
                    ? ""
                    : cost.fitsFreeOperations()
                        ? " at list price; $0 within the free million a month"
                        : " at list price; the free million a month is not deducted")));
    rows.add(
        row(
            "storage",
            dollars(cost.storageDollarsBefore())
                + " a month before, "
                + about
                + dollars(cost.storageDollarsAfter())
                + " after at list price"
                + (cost.bytesAfter() <= KvCost.FREE_BYTES
                    ? "; $0 within the free GB"
                    : "; the free GB is not deducted")));
    align(rows, 2);
  }

  /** Some names of what comes, what goes, and what cannot be published. */
  private void keys(Plan plan) {
    List<String> lines = new ArrayList<>();
    for (ModelPlan model : plan.models()) {
      ModelPlan.Samples samples = model.samples();
      addNames(lines, "added   ", samples.added(), model.added());
      addNames(lines, "removed ", samples.removed(), model.removed());
      for (ModelPlan.DeadLetter dead : samples.deadLetters()) {
        lines.add("dead     " + clip(dead.key(), 0, WIDTH / 2) + ": " + dead.reason());
      }
    }
    if (!lines.isEmpty()) {
      line("");
      lines.forEach(this::line);
    }
  }

  private static void addNames(List<String> lines, String what, List<String> keys, long all) {
    for (int i = 0; i < keys.size(); i++) {
      long more = all - keys.size();
      boolean last = i == keys.size() - 1 && more > 0;
      lines.add(
          what
              + " "
              + clip(keys.get(i), 0, WIDTH - 30)
              + (last ? " and " + number(more) + " more" : ""));
    }
  }

  private void change(DocumentChange change) {
    line("");
    String note = change.note();
    line("--- " + change.key() + " before" + (note == null ? "" : ": " + note));
    line("+++ " + change.key() + " after");
    if (change.after() == null) {
      return;
    }
    String before = change.before();
    List<String> diff =
        LineDiff.of(
            before == null ? List.of() : JsonLines.of(before), JsonLines.of(change.after()));
    List<String> shown = diff.subList(0, Math.min(diff.size(), MOST_DIFF_LINES));
    for (int i = 0; i < shown.size(); i++) {
      line(clip(shown.get(i), difference(shown, i), WIDTH));
    }
    if (shown.size() < diff.size()) {
      line("… " + number(diff.size() - shown.size()) + " more lines");
    }
  }

  /** The column from which a removed line and the added one beside it differ; 0 for others. */
  private static int difference(List<String> lines, int i) {
    String line = lines.get(i);
    int other = line.startsWith("-") ? i + 1 : line.startsWith("+") ? i - 1 : -1;
    if (other < 0 || other >= lines.size()) {
      return 0;
    }
    String beside = lines.get(other);
    if ("-+".indexOf(beside.charAt(0)) < 0 || beside.charAt(0) == line.charAt(0)) {
      return 0;
    }
    int at = 1;
    while (at < Math.min(line.length(), beside.length()) && line.charAt(at) == beside.charAt(at)) {
      at++;
    }
    return at;
  }

  /** Cuts a line so that it fits and the given column is to be seen. */
  private static String clip(String line, int column, int width) {
    if (line.length() <= width) {
      return line;
    }
    int head = width / 3;
    if (column < width - 10) {
      return line.substring(0, width - 1) + "…";
    }
    int from = Math.min(column - 10, line.length() - (width - head - 1));
    String rest = line.substring(from);
    int room = width - head - 1;
    return line.substring(0, head)
        + "…"
        + (rest.length() <= room ? rest : rest.substring(0, room - 1) + "…");
  }

  private void notes(Plan plan) {
    List<String> notes = new ArrayList<>(plan.notes());
    if (plan.models().stream().anyMatch(model -> model.state() == ModelPlan.State.NOT_KEPT)) {
      notes.add(
          "What is no longer kept stays in KV as it is; the worker leaves such documents alone.");
    }
    if (plan.estimated()) {
      notes.add("Figures with 'about' are estimated from a sample of the documents.");
    }
    if (!notes.isEmpty()) {
      line("");
      notes.forEach(note -> line("note: " + note));
    }
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private static String[] row(String... cells) {
    return cells;
  }

  /** Columns from {@code right} on are figures and end at one edge. */
  private void align(List<String[]> rows, int right) {
    int columns = rows.getFirst().length;
    int[] widths = new int[columns];
    rows.forEach(row -> {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    });
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String padding = " ".repeat(widths[i] - row[i].length());
        line.append(i == 0 ? "" : GAP).append(i < right ? row[i] + padding : padding + row[i]);
      }
      line(line.toString().stripTrailing());
    }
  }

  private static String count(long number, boolean about) {
    return number == 0 ? "–" : (about ? "about " : "") + number(number);
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String size(long bytes, boolean about) {
    return bytes == 0 ? "–" : (about ? "about " : "") + size(bytes);
  }

  private static String size(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    double size = bytes;
    @Nullable String unit = null;
    for (String next : List.of("kB", "MB", "GB", "TB")) {
      if (unit == null || size >= 999.95) {
        size /= 1_000;
        unit = next;
      }
    }
    return String.format(Locale.ROOT, "%,.1f %s", size, unit);
  }

  private static String dollars(double dollars) {
    return dollars > 0 && dollars < 0.01
        ? "under $0.01"
        : String.format(Locale.ROOT, "$%,.2f", dollars);
  }

  private static String time(Duration time) {
    long minutes = (time.toSeconds() + 59) / 60;
    if (minutes <= 1) {
      return "within a minute";
    }
    return minutes < 120
        ? minutes + " minutes"
        : String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
  }
}
