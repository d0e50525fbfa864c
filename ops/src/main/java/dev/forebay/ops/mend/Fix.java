package dev.forebay.ops.mend;

import dev.forebay.model.Problem;
import java.util.List;

/**
 * What can be done about one problem.
 *
 * @param notes for the reader: what it costs, or why there are no steps
 * @param steps empty if nothing was found that is harmless to the user's own writes
 */
public record Fix(Problem problem, List<String> notes, List<Step> steps) {
  public Fix {
    notes = List.copyOf(notes);
    steps = List.copyOf(steps);
  }
}
