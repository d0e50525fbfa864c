package dev.forebay.ops.faults.data;

import dev.forebay.ops.faults.check.AppliedLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Random;

/** Data with read models over them, and a way to say what every document must be. */
public interface DataSet {

  /** Changes of one writer, which has two connections of its own. For one thread. */
  interface Edits {
    /**
     * Makes one change, chosen by the writer's seed, and commits or rolls back.
     *
     * @return whether anything was committed
     * @throws SQLException if PostgreSQL refused; both connections are rolled back or closed then
     */
    boolean make() throws SQLException;
  }

  /** Which rules a document satisfies in every committed state. */
  AppliedLog.Rules rules();

  /** Whether there is a table {@code canary} with a model. */
  boolean hasCanaries();

  /** The changes of a writer. */
  Edits edits(Connection first, Connection second, Random random) throws SQLException;

  /**
   * What every document must be now, by key without the instance's prefix.
   *
   * @param connection of which nothing else is done meanwhile
   */
  Map<String, String> expected(Connection connection) throws SQLException;
}
