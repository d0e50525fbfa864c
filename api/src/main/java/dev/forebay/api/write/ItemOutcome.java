package dev.forebay.api.write;

import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.row.Applied;

/** What became of one of several independent operations. */
public sealed interface ItemOutcome {

  /** It was done. */
  record Done(Applied applied) implements ItemOutcome {}

  /** It was not, and left no trace. */
  record Refused(ApiProblem problem) implements ItemOutcome {}
}
