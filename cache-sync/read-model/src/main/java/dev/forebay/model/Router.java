package dev.forebay.model;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;

/** Answers which documents a changed row touches, by walking from the row back to the roots. */
public interface Router {

  /**
   * Finds every document whose content, existence or key may depend on the changed rows.
   *
   * <p>Complete only if the connection's snapshot sees the transactions that made the changes. May
   * name too many documents, never too few. The number of statements depends on the models, not on
   * the number of rows. Results are streamed, so that a row that touches a million documents needs
   * no memory for them.
   *
   * @param connection of a {@link SnapshotSession}
   * @param changes rows of any tables; those that no model reads are ignored
   * @param goOn is told each consequence, in no particular order and now and then twice; as soon as
   *     it says false the others are left out
   * @throws IncompleteImageException before {@code goOn} is told anything
   */
  void follow(Connection connection, List<RowChange> changes, Predicate<Affected> goOn)
      throws SQLException;

  /**
   * Prepares to find the same by one statement at most, where few documents are worth naming.
   *
   * @param changes as for {@link #follow}, with images as the database itself writes them
   * @param most documents of each path; of one with more, any {@code most + 1} are found
   * @throws IncompleteImageException as {@link #follow}
   */
  default Lookup lookup(List<RowChange> changes, int most) {
    throw new UnsupportedOperationException("this router only follows");
  }

  /** Returns the row with those columns alone that lead to documents. */
  default RowChange trim(RowChange change) {
    return change;
  }
}
