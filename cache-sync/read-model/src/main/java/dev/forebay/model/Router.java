package dev.forebay.model;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Answers which documents a changed row touches, by walking from the row back to the roots. */
public interface Router {

  /**
   * Finds every document whose content, existence or key may depend on the changed rows.
   *
   * <p>Complete only if the connection's snapshot sees the transactions that made the changes. May
   * name too many documents, never too few. The number of statements depends on the models, not on
   * the number of rows.
   *
   * @param connection of a {@link SnapshotSession}
   * @param changes rows of any tables; those that no model reads are ignored
   * @return without duplicates, in no particular order
   */
  List<Affected> affected(Connection connection, List<RowChange> changes) throws SQLException;
}
