package dev.forebay.ops.faults;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a person sees meanwhile: a bar that is drawn again and again on a terminal, elsewhere a line
 * every ten seconds. Safe for any thread.
 */
public final class ProgressLine {

  private static final int WIDTH = 24;
  private static final Duration REDRAW = Duration.ofMillis(500);
  private static final Duration PLAIN = Duration.ofSeconds(10);

  private final PrintWriter out;
  private final boolean terminal;
  private final boolean silent;
  private final Instant began = Instant.now();
  private volatile @Nullable Thread drawing;

  /**
   * @param terminal whether a line can be drawn over
   * @param silent whether nothing is to be shown
   */
  public ProgressLine(PrintWriter out, boolean terminal, boolean silent) {
    this.out = out;
    this.terminal = terminal;
    this.silent = silent;
  }

  /** Says what is being done now. */
  void step(String what) {
    if (!silent) {
      out.printf(Locale.ROOT, "%4ds  %s%n", elapsed(), what);
      out.flush();
    }
  }

  private long elapsed() {
    return Duration.between(began, Instant.now()).toSeconds();
  }

  /** Shows how far it is, and the text, until {@link #stop}. */
  void follow(Instant end, Duration whole, Supplier<String> text) {
    if (!silent) {
      drawing = Thread.ofVirtual().start(() -> draw(end, whole, text));
    }
  }

  private void draw(Instant end, Duration whole, Supplier<String> text) {
    try {
      while (true) {
        Thread.sleep(terminal ? REDRAW : PLAIN);
        Duration left = Duration.between(Instant.now(), end);
        double done = 1 - Math.max(0, (double) left.toMillis() / whole.toMillis());
        if (terminal) {
          int full = (int) (done * WIDTH);
          out.printf(
              Locale.ROOT,
              "\r\033[K%4ds  [%s%s] %3.0f %%  %s",
              elapsed(),
              "█".repeat(full),
              "░".repeat(WIDTH - full),
              done * 100,
              text.get());
        } else {
          out.printf(Locale.ROOT, "%4ds  %3.0f %%  %s%n", elapsed(), done * 100, text.get());
        }
        out.flush();
      }
    } catch (InterruptedException e) {
      if (terminal) {
        out.println();
      }
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the drawing. */
  void stop() throws InterruptedException {
    Thread thread = drawing;
    if (thread != null) {
      thread.interrupt();
      thread.join();
    }
  }
}
