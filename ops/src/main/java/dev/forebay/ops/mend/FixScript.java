package dev.forebay.ops.mend;

import java.time.Duration;
import java.util.List;

/** Fixes as a script for psql: SQL, and comments that nothing in a name can end. */
public final class FixScript {

  /** How long a change of a table may keep the user's own statements waiting. */
  static final Duration LOCK_PATIENCE = Duration.ofSeconds(2);

  static final String LOCK_TIMEOUT =
      "SET LOCAL lock_timeout = '" + LOCK_PATIENCE.toSeconds() + "s';";

  private FixScript() {}

  /** Returns the whole script. */
  public static String of(List<Fix> fixes) {
    StringBuilder script = new StringBuilder();
    comment(script, "What mends the set-up, as far as SQL can. Changes of replica identities and");
    comment(script, "publications were tried on empty copies first: your own writes go on.");
    comment(script, "Run it with psql -v ON_ERROR_STOP=1, or let forebay check --apply run it.");
    for (Fix fix : fixes) {
      script.append('\n');
      comment(script, fix.problem().where() + ": " + fix.problem().what());
      fix.notes().forEach(note -> comment(script, note));
      fix.steps().forEach(step -> append(script, step));
    }
    return script.toString();
  }

  private static void append(StringBuilder script, Step step) {
    switch (step) {
      case Step.ByHand byHand -> comment(script, "  " + byHand.sql());
      case Step.Alone alone -> script.append(alone.sql()).append('\n');
      case Step.Together together -> {
        script.append("BEGIN;\n").append(LOCK_TIMEOUT).append('\n');
        together.sql().forEach(sql -> script.append(sql).append('\n'));
        together.writes().forEach(sql -> script.append(sql).append('\n'));
        script.append("COMMIT;\n");
      }
    }
  }

  private static void comment(StringBuilder script, String text) {
    script.append("-- ").append(oneLine(text)).append('\n');
  }

  static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
  }
}
