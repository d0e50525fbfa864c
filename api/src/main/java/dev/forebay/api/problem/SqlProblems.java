package dev.forebay.api.problem;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The one table from SQLSTATE to problem.
 *
 * <p>Of PostgreSQL's message only names are used (constraint, column, table), because text and
 * DETAIL quote values of rows.
 */
public final class SqlProblems {

  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(5);

  private SqlProblems() {}

  /** What a statement did to its table. */
  public enum Operation {
    SELECT,
    INSERT,
    UPDATE,
    DELETE
  }

  /**
   * Says what a failed statement means to the client.
   *
   * @param fault becomes the problem's cause
   * @param rules of the table the statement was about
   * @param operation what it did
   * @param set the columns it set
   */
  public static ApiProblem translate(
      SQLException fault, TableRules rules, Operation operation, List<String> set) {
    return problem(fault, rules, operation, set).causedBy(fault);
  }

  /** As above, for a statement that has nothing to do with a resource. */
  public static ApiProblem translate(SQLException fault) {
    return general(fault).causedBy(fault);
  }

  private static ApiProblem problem(
      SQLException fault, TableRules rules, Operation operation, List<String> set) {
    Fault at = Fault.of(fault);
    List<String> columns =
        at.isAt(rules) && at.constraint() != null ? rules.columnsOf(at.constraint()) : List.of();
    return switch (SqlState.of(fault)) {
      case SqlState.UNIQUE_VIOLATION ->
          naming(ProblemType.UNIQUE_VIOLATION, columns, "is taken by another row");
      case SqlState.EXCLUSION_VIOLATION ->
          naming(ProblemType.CONFLICT, columns, "conflicts with another row");
      case SqlState.FOREIGN_KEY_VIOLATION, SqlState.RESTRICT_VIOLATION ->
          pointsAtNothing(at.isAt(rules), operation, columns, set)
              ? naming(ProblemType.INVALID_REFERENCE, columns, "refers to no existing row")
              : ApiProblem.of(ProblemType.STILL_REFERENCED);
      case SqlState.CHECK_VIOLATION ->
          naming(ProblemType.CONSTRAINT_VIOLATION, columns, "breaks a rule of the database");
      case SqlState.INSUFFICIENT_PRIVILEGE ->
          ApiProblem.of(rules.isGuarded() ? ProblemType.FORBIDDEN : ProblemType.INTERNAL);
      case SqlState.NOT_NULL_VIOLATION ->
          at.isAt(rules) && at.column() != null && rules.isVisible(at.column())
              ? naming(ProblemType.INVALID_CONTENT, List.of(at.column()), "must not be null")
              : ApiProblem.of(ProblemType.CONSTRAINT_VIOLATION);
      default -> general(fault);
    };
  }

  /**
   * A foreign key fails in two directions: the row written points at nothing, or somebody still
   * points at the row as it was. PostgreSQL names the referring table in both; the columns set
   * decide where a table refers to itself.
   */
  private static boolean pointsAtNothing(
      boolean ownConstraint, Operation operation, List<String> columns, List<String> set) {
    return switch (operation) {
      case INSERT -> true;
      case UPDATE -> ownConstraint && !Collections.disjoint(columns, set);
      case DELETE, SELECT -> false;
    };
  }

  private static ApiProblem general(SQLException fault) {
    if (fault instanceof SQLTransientConnectionException) {
      return ApiProblem.of(ProblemType.UNAVAILABLE).retryAfter(LATER);
    }
    if (fault instanceof OutcomeUnknownException) {
      return ApiProblem.of(ProblemType.OUTCOME_UNKNOWN);
    }
    String state = SqlState.of(fault);
    return switch (state) {
      case SqlState.SERIALIZATION_FAILURE,
          SqlState.DEADLOCK_DETECTED,
          SqlState.LOCK_NOT_AVAILABLE ->
          ApiProblem.of(ProblemType.CONTENDED).retryAfter(SOON);
      case SqlState.QUERY_CANCELED -> ApiProblem.of(ProblemType.TIMED_OUT).retryAfter(LATER);
      case SqlState.READ_ONLY_SQL_TRANSACTION ->
          ApiProblem.of(ProblemType.READ_ONLY).retryAfter(LATER);
      case SqlState.WITH_CHECK_OPTION_VIOLATION, SqlState.RAISE_EXCEPTION ->
          ApiProblem.of(ProblemType.CONSTRAINT_VIOLATION);
      // Deferred constraints speak at COMMIT, of no operation; whether a foreign key was left or
      // taken away cannot be told then.
      case SqlState.UNIQUE_VIOLATION -> ApiProblem.of(ProblemType.UNIQUE_VIOLATION);
      case SqlState.EXCLUSION_VIOLATION, SqlState.FOREIGN_KEY_VIOLATION ->
          ApiProblem.of(ProblemType.CONFLICT);
      case SqlState.CHECK_VIOLATION -> ApiProblem.of(ProblemType.CONSTRAINT_VIOLATION);
      default -> ofClass(state);
    };
  }

  private static ApiProblem ofClass(String state) {
    return switch (state.substring(0, Math.min(2, state.length()))) {
      // A value too large for an index or a text search.
      case SqlState.DATA_EXCEPTION_CLASS, SqlState.PROGRAM_LIMIT_CLASS ->
          ApiProblem.of(
              ProblemType.INVALID_CONTENT, "A value does not fit the type of its column.");
      case SqlState.CONNECTION_EXCEPTION_CLASS,
          SqlState.INSUFFICIENT_RESOURCES_CLASS,
          SqlState.OPERATOR_INTERVENTION_CLASS ->
          ApiProblem.of(ProblemType.UNAVAILABLE).retryAfter(LATER);
      default -> ApiProblem.of(ProblemType.INTERNAL);
    };
  }

  private static ApiProblem naming(ProblemType type, List<String> columns, String detail) {
    return ApiProblem.of(
        type, columns.stream().map(column -> Violation.at(column, detail)).toList());
  }

  /** The names in PostgreSQL's message; null where it gave none. */
  private record Fault(
      @Nullable String schema,
      @Nullable String table,
      @Nullable String column,
      @Nullable String constraint) {

    static Fault of(SQLException fault) {
      ServerErrorMessage message =
          fault instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
      return message == null
          ? new Fault(null, null, null, null)
          : new Fault(
              message.getSchema(),
              message.getTable(),
              message.getColumn(),
              message.getConstraint());
    }

    boolean isAt(TableRules rules) {
      return Objects.equals(schema, rules.name().schema())
          && Objects.equals(table, rules.name().name());
    }
  }
}
