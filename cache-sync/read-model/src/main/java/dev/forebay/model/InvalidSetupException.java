package dev.forebay.model;

import java.util.List;
import java.util.stream.Collectors;

/** Start-up cannot go on; carries every problem found, never just the first. */
public final class InvalidSetupException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * @param problems at least one
   */
  public InvalidSetupException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** All problems, in the order they should be read. */
  public List<Problem> problems() {
    return problems;
  }
}
