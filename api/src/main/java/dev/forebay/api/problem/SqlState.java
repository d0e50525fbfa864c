package dev.forebay.api.problem;

import java.sql.SQLException;
import java.util.Objects;

/**
 * SQLSTATEs the API tells apart, by the names PostgreSQL gives them (PostgreSQL 18, appendix A,
 * looked at 2026-11).
 */
public final class SqlState {

  public static final String CONNECTION_EXCEPTION_CLASS = "08";
  public static final String DATA_EXCEPTION_CLASS = "22";
  public static final String INTEGRITY_VIOLATION_CLASS = "23";
  public static final String INSUFFICIENT_RESOURCES_CLASS = "53";
  public static final String PROGRAM_LIMIT_CLASS = "54";
  public static final String OPERATOR_INTERVENTION_CLASS = "57";

  public static final String NOT_NULL_VIOLATION = "23502";
  public static final String FOREIGN_KEY_VIOLATION = "23503";
  public static final String UNIQUE_VIOLATION = "23505";
  public static final String CHECK_VIOLATION = "23514";
  public static final String RESTRICT_VIOLATION = "23001";
  public static final String EXCLUSION_VIOLATION = "23P01";
  public static final String READ_ONLY_SQL_TRANSACTION = "25006";
  public static final String SERIALIZATION_FAILURE = "40001";
  public static final String STATEMENT_COMPLETION_UNKNOWN = "40003";
  public static final String DEADLOCK_DETECTED = "40P01";
  public static final String INSUFFICIENT_PRIVILEGE = "42501";
  public static final String WITH_CHECK_OPTION_VIOLATION = "44000";
  public static final String LOCK_NOT_AVAILABLE = "55P03";
  public static final String QUERY_CANCELED = "57014";
  public static final String RAISE_EXCEPTION = "P0001";

  private SqlState() {}

  /** The exception's SQLSTATE, or an empty text if it has none. */
  public static String of(SQLException e) {
    return Objects.requireNonNullElse(e.getSQLState(), "");
  }

  /** Whether the same transaction, run again, may succeed. */
  public static boolean isRetryable(SQLException e) {
    String state = of(e);
    return state.equals(SERIALIZATION_FAILURE) || state.equals(DEADLOCK_DETECTED);
  }

  /** Whether time or room was missing, which no other content of the request would change. */
  public static boolean isOfTimeOrRoom(SQLException e) {
    String state = of(e);
    return state.equals(QUERY_CANCELED)
        || state.equals(LOCK_NOT_AVAILABLE)
        || state.startsWith(INSUFFICIENT_RESOURCES_CLASS);
  }

  /** Whether the connection is gone, so that a COMMIT in flight may have happened. */
  public static boolean isConnectionLost(SQLException e) {
    String state = of(e);
    return state.startsWith(CONNECTION_EXCEPTION_CLASS)
        || state.equals(STATEMENT_COMPLETION_UNKNOWN)
        || (state.startsWith(OPERATOR_INTERVENTION_CLASS) && !state.equals(QUERY_CANCELED));
  }
}
