package dev.forebay.api.problem;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that ends in a problem. Everything but the cause is shown to the client, so no part of
 * it may hold SQL or a value of a row.
 */
public final class ApiProblem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ProblemType type;
  private final @Nullable String detail;
  private final transient List<Violation> violations;
  private final @Nullable Duration retryAfter;

  private ApiProblem(
      ProblemType type,
      @Nullable String detail,
      List<Violation> violations,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    // A problem is an answer, not a fault: only a cause is worth a stack trace.
    super(type.title(), cause, false, false);
    this.type = type;
    this.detail = detail;
    this.violations = List.copyOf(violations);
    this.retryAfter = retryAfter;
  }

  /** A problem that its type says all about. */
  public static ApiProblem of(ProblemType type) {
    return new ApiProblem(type, null, List.of(), null, null);
  }

  /** A problem with one sentence about this occurrence. */
  public static ApiProblem of(ProblemType type, String detail) {
    return new ApiProblem(type, detail, List.of(), null, null);
  }

  /** A problem at known places of the body. */
  public static ApiProblem of(ProblemType type, List<Violation> violations) {
    return new ApiProblem(type, null, violations, null, null);
  }

  /** The same problem, brought about by the given fault, which is for the log alone. */
  public ApiProblem causedBy(Throwable fault) {
    return new ApiProblem(type, detail, violations, retryAfter, fault);
  }

  /** The same problem, with advice to repeat the request after some time. */
  public ApiProblem retryAfter(Duration time) {
    return new ApiProblem(type, detail, violations, time, getCause());
  }

  /**
   * The same problem as that of one operation of several.
   *
   * @param operation JSON Pointer of the operation; empty if it is the only one
   * @param body JSON Pointer of its body, into which the places point
   */
  public ApiProblem inside(String operation, String body) {
    if (operation.isEmpty()) {
      return this;
    }
    List<Violation> placed =
        violations.isEmpty()
            ? List.of(new Violation(operation, "is the operation that failed"))
            : violations.stream().map(one -> one.under(body)).toList();
    return new ApiProblem(type, detail, placed, retryAfter, getCause());
  }

  /** Its kind, which fixes URI, status and title. */
  public ProblemType type() {
    return type;
  }

  /** A sentence about this occurrence, or null. */
  public @Nullable String detail() {
    return detail;
  }

  /** All that is wrong in the body, in the body's order; may be empty. */
  public List<Violation> violations() {
    return violations;
  }

  /** When repeating the same request may help, or null if it will not. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
