package dev.forebay.ops.admin;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A status report as a few aligned lines for a terminal. */
public final class StatusTable {

  private static final long SOON_SECONDS = 120;
  private static final double MEBIBYTE = 1024.0 * 1024.0;

  private StatusTable() {}

  /** Renders a report; the last line ends with a line feed. */
  public static String render(StatusReport report) {
    List<String[]> rows = new ArrayList<>();
    rows.add(
        row(
            report.process(),
            (report.ready() ? "ready" : "NOT READY")
                + ", instance "
                + report.instance()
                + ", up since "
                + report.startedAt()));
    for (Check.Result check : report.checks()) {
      String reason = check.reason();
      if (reason != null) {
        rows.add(row("  " + check.name(), reason));
      }
    }
    StatusReport.Lease lease = report.lease();
    if (lease != null) {
      rows.add(row("role", role(lease)));
    }
    StatusReport.Sync sync = report.sync();
    if (sync != null) {
      addSync(rows, sync);
    }
    return align(rows);
  }

  private static String role(StatusReport.Lease lease) {
    String term = lease.term() == null ? "" : ", term " + lease.term();
    String held = lease.role().equals("standby") ? " held by " : "";
    return lease.role() + term + (held.isEmpty() || term.isEmpty() ? "" : held + lease.holder());
  }

  private static void addSync(List<String[]> rows, StatusReport.Sync sync) {
    rows.add(row("sync lag", String.format(Locale.ROOT, "%.1f s", sync.syncLagSeconds())));
    rows.add(row("slot", slot(sync.slot())));
    rows.add(row("dirty", count((long) sync.dirtyDocuments(), "document")));
    rows.add(row("in flight", count((long) sync.transactionsInFlight(), "transaction")));
    rows.add(row("dead letters", count(sync.deadLetters(), "document")));
    rows.add(row("kv", sync.kv()));
    if (sync.spend() != null) {
      rows.add(row("writes", spend(sync.spend())));
    }
    if (sync.verified() != null) {
      rows.add(row("verified", verified(sync.verified())));
    }
    for (StatusReport.Model model : sync.models()) {
      String held =
          model.held() == 0
              ? ""
              : String.format(Locale.ROOT, ", %,d WAIT for the day's writes", model.held());
      String resync = model.resync() == null ? "" : ", " + resync(model.resync());
      rows.add(row("model " + model.name(), count(model.documents(), "document") + held + resync));
    }
  }

  private static String spend(StatusReport.Spend spend) {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%,d today", spend.writesToday()));
    if (spend.writesPerDay() != null) {
      text.append(String.format(Locale.ROOT, " of %,d", spend.writesPerDay()));
    }
    text.append(String.format(Locale.ROOT, ", %,d this month", spend.writesThisMonth()));
    if (spend.writesProjected() != null && spend.dollarsProjected() != null) {
      text.append(
          String.format(
              Locale.ROOT,
              ", about %,d by its end: $%.2f at list price",
              spend.writesProjected(),
              spend.dollarsProjected()));
    }
    return text.toString();
  }

  private static String verified(StatusReport.Verified round) {
    String found =
        round.wrong() == 0
            ? "KV was right"
            : String.format(
                Locale.ROOT, "%,d WRONG, %,d written again", round.wrong(), round.repaired());
    return String.format(
        Locale.ROOT,
        "%,d documents in %s until %s: %s",
        round.documents(),
        left(round.seconds()),
        round.end().truncatedTo(ChronoUnit.SECONDS),
        found);
  }

  private static String resync(StatusReport.Resync resync) {
    StringBuilder text = new StringBuilder("resync (" + resync.reason() + "): ");
    if (resync.total() == null) {
      return text.append("not begun").toString();
    }
    text.append(String.format(Locale.ROOT, "%,d of %,d", resync.settled(), resync.total()));
    if (resync.perSecond() != null) {
      text.append(String.format(Locale.ROOT, ", %,.0f/s", resync.perSecond()));
    }
    if (resync.secondsLeft() != null) {
      text.append(", ").append(left(resync.secondsLeft())).append(" left");
    }
    return text.toString();
  }

  private static String left(long seconds) {
    return seconds < SOON_SECONDS ? seconds + " s" : Math.ceilDiv(seconds, 60) + " min";
  }

  private static String slot(StatusReport.Slot slot) {
    Long bytes = slot.retainedBytes();
    return slot.name()
        + (slot.capturing() ? " streaming" : " NOT BEING READ")
        + (slot.confirmed() == null ? "" : ", confirmed " + slot.confirmed())
        + (bytes == null ? "" : String.format(Locale.ROOT, ", retains %.1f MiB", bytes / MEBIBYTE));
  }

  private static String count(@Nullable Long number, String noun) {
    return number == null ? "unknown" : number + " " + noun + (number == 1 ? "" : "s");
  }

  private static String[] row(String name, String value) {
    return new String[] {name, value};
  }

  /** Lines of columns, each as wide as its widest cell; all rows have as many. */
  static String align(List<String[]> rows) {
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      for (int i = 0; i < row.length - 1; i++) {
        text.append(row[i]).repeat(' ', width(rows, i) - row[i].length() + 2);
      }
      text.append(row[row.length - 1]).append('\n');
    }
    return text.toString();
  }

  private static int width(List<String[]> rows, int column) {
    return rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
  }
}
