package dev.forebay.ops.mend;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What PostgreSQL says when it refuses a statement. */
final class Refusal {

  private static final String CONNECTION = "08";
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private Refusal() {}

  /**
   * Returns message and detail, one sentence each.
   *
   * @throws SQLException the given one if it is no answer but the end of the connection
   */
  static String words(SQLException e) throws SQLException {
    String state = String.valueOf(e.getSQLState());
    if (state.startsWith(CONNECTION)) {
      throw e;
    }
    ServerErrorMessage said = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    if (said == null) {
      return sentence(String.valueOf(e.getMessage()));
    }
    String detail = said.getDetail();
    return sentence(String.valueOf(said.getMessage()))
        + (detail == null ? "" : " " + sentence(detail));
  }

  /** Whether another transaction held what the statement needs. */
  static boolean isBusy(SQLException e) {
    return LOCK_NOT_AVAILABLE.equals(e.getSQLState());
  }

  private static String sentence(String text) {
    return text.endsWith(".") ? text : text + ".";
  }
}
