package dev.forebay.api.problem;

import java.sql.SQLException;

/** The connection was lost during COMMIT: the transaction may or may not have happened. */
public final class OutcomeUnknownException extends SQLException {

  private static final long serialVersionUID = 1L;

  /**
   * @param cause what COMMIT failed with
   */
  public OutcomeUnknownException(SQLException cause) {
    super("connection lost during COMMIT", SqlState.STATEMENT_COMPLETION_UNKNOWN, cause);
  }
}
