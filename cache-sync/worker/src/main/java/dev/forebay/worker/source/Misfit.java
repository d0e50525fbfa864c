package dev.forebay.worker.source;

import java.sql.SQLException;

/** Tells a model that no longer fits the database from a database that is away. */
public final class Misfit {

  private Misfit() {}

  /**
   * Whether the database will give the same answer for ever: no such column, no such value
   * (SQLSTATE classes 42 and 22, postgresql.org/docs/18/errcodes-appendix.html).
   */
  public static boolean is(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("22") || state.startsWith("42"));
  }
}
