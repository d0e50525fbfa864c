package dev.forebay.api.touch;

import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.row.Applied;
import dev.forebay.api.row.Operation;
import dev.forebay.api.transaction.Script;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Follows one transaction and says what it has touched. Every call but the last is made inside it,
 * as the API's own role.
 */
public interface Touch {

  /** Where nobody asks: does nothing. */
  Touch NONE =
      new Touch() {
        @Override
        public void open(Connection connection, Script script) {}

        @Override
        public Before before(ResourceTable resource, Operation operation) {
          return Before.NOTHING;
        }

        @Override
        public void applied(ResourceTable resource, Before before, Applied applied) {}

        @Override
        public void mayBeUndone() {}

        @Override
        public void undone() {}

        @Override
        public @Nullable Outcome end() {
          return null;
        }

        @Override
        public @Nullable Outcome committed() {
          return null;
        }
      };

  /**
   * Begins to watch a transaction; called first.
   *
   * @param connection in a transaction that has changed nothing
   * @param script that is run next
   */
  void open(Connection connection, Script script);

  /**
   * Looks at the row that an operation is about to change, and keeps others from changing it.
   *
   * @return for {@link #applied}
   * @throws TouchFailedException if it cannot be looked at
   */
  Before before(ResourceTable resource, Operation operation) throws SQLException;

  /** Takes note of what an operation did. */
  void applied(ResourceTable resource, Before before, Applied applied);

  /** Something begins that may be rolled back to a savepoint. */
  void mayBeUndone() throws SQLException;

  /** It was rolled back. */
  void undone() throws SQLException;

  /**
   * Finds what was touched; nothing may be changed afterwards but what no model reads.
   *
   * @return null if nobody asks
   */
  @Nullable Outcome end() throws SQLException;

  /**
   * Looks once more, after the COMMIT and on the same connection, which stays in no transaction:
   * what a transaction that committed meanwhile has moved, a new snapshot shows. Fails for no
   * reason: what cannot be looked at is named wholly.
   *
   * @return what was touched, of which nothing is unsure; null if nobody asks, or nothing was
   *     unsure at the end: what was found there holds
   */
  @Nullable Outcome committed();
}
