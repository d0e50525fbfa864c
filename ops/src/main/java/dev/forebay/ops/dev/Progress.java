package dev.forebay.ops.dev;

import java.io.PrintWriter;
import java.util.Locale;

/** What a person sees while things come up: steps with the seconds since the launcher began. */
final class Progress {

  private final PrintWriter out;
  private final long startedAt;

  Progress(PrintWriter out) {
    this.out = out;
    String launched = System.getenv("FOREBAY_LAUNCHED_AT");
    long now = System.currentTimeMillis() / 1_000;
    this.startedAt = launched == null ? now : Long.parseLong(launched);
  }

  /** Says what is being done now. */
  void step(String what) {
    long elapsed = System.currentTimeMillis() / 1_000 - startedAt;
    say(String.format(Locale.ROOT, "%4ds  %s", elapsed, what));
  }

  /** Says a line as it is. */
  void say(String line) {
    out.println(line);
    out.flush();
  }
}
