package dev.forebay.ops.verify;

import dev.forebay.worker.verify.VerifyProgress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How far long work is: one line that is written over where a person watches, else a line every few
 * seconds. Confined to one thread.
 */
public final class WatchLine implements VerifyProgress {

  private static final long OVER_NANOS = 200_000_000L;
  private static final long LINE_NANOS = 5_000_000_000L;

  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private long shownAt;
  private int width;

  /**
   * @param out where it is written, usually standard error
   * @param terminal whether {@code out} is one
   * @param nanos a clock such as {@link System#nanoTime}
   */
  public WatchLine(PrintWriter out, boolean terminal, LongSupplier nanos) {
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
    this.shownAt = nanos.getAsLong();
  }

  @Override
  public void at(String what, long done) {
    long now = nanos.getAsLong();
    if (now - shownAt < (terminal ? OVER_NANOS : LINE_NANOS)) {
      return;
    }
    shownAt = now;
    String line = String.format(Locale.ROOT, "forebay: %,d %s", done, what);
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
      width = Math.max(width, line.length());
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Leaves the terminal as it was. */
  public void end() {
    if (width > 0) {
      out.print("\r" + " ".repeat(width) + "\r");
      out.flush();
      width = 0;
    }
  }
}
