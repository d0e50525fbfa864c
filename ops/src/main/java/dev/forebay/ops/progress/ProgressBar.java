package dev.forebay.ops.progress;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far long work on documents is: a bar where a person watches, else a line every few seconds.
 * Confined to one thread.
 */
public final class ProgressBar {

  private static final long BAR_NANOS = 200_000_000L;
  private static final long LINE_NANOS = 5_000_000_000L;
  private static final int BAR = 30;

  private final PrintWriter out;
  private final boolean bar;
  private final LongSupplier nanos;
  private boolean begun;
  private long startedAt;
  private String model = "";
  private long total;
  private long done;
  private long shownAt;
  private int width;

  /**
   * @param out where it is written, usually standard error
   * @param bar whether {@code out} is a terminal
   * @param nanos a clock such as {@link System#nanoTime}
   */
  public ProgressBar(PrintWriter out, boolean bar, LongSupplier nanos) {
    this.out = out;
    this.bar = bar;
    this.nanos = nanos;
  }

  /** Adds documents that will be looked at. */
  public void expect(long documents) {
    if (!begun) {
      begin();
    }
    total += documents;
    show();
  }

  /** Says whose documents come next. */
  public void model(String name) {
    if (model.isEmpty()) {
      begin(); // counting is over
    }
    model = name;
    show();
  }

  private void begin() {
    begun = true;
    startedAt = nanos.getAsLong();
    shownAt = startedAt;
  }

  /** Says that some more were looked at. */
  public void advance(long documents) {
    done += documents;
    show();
  }

  /** Leaves the terminal as it was. */
  public void end() {
    if (width > 0) {
      out.print("\r" + " ".repeat(width) + "\r");
      out.flush();
      width = 0;
    }
  }

  private void show() {
    long now = nanos.getAsLong();
    if (now - shownAt < (bar ? BAR_NANOS : LINE_NANOS)) {
      return;
    }
    shownAt = now;
    if (bar) {
      String line = "[" + cells() + "] " + words(now);
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = Math.max(width, line.length());
    } else {
      out.println("forebay: " + words(now));
    }
    out.flush();
  }

  private String cells() {
    int full = (int) (total == 0 ? 0 : Math.min(BAR, done * BAR / total));
    return "#".repeat(full) + ".".repeat(BAR - full);
  }

  private String words(long now) {
    if (done == 0) {
      return String.format(Locale.ROOT, "counting, %,d documents", total);
    }
    double perSecond = done / Math.max(1e-3, (now - startedAt) / 1e9);
    return String.format(
        Locale.ROOT,
        "%d %%, %,.0f documents/s, %,.0f s left, %s",
        Math.min(100, total == 0 ? 100 : done * 100 / total),
        perSecond,
        Math.max(0, total - done) / perSecond,
        model);
  }
}
