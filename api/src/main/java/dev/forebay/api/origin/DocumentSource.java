package dev.forebay.api.origin;

import dev.forebay.model.DocumentKey;
import java.sql.SQLException;

/** Where documents come from when the cache has none that will do. */
interface DocumentSource {

  /**
   * Builds a document in a new snapshot: one that is taken after the call began. Blocks.
   *
   * @throws SQLException if the database cannot say now
   * @throws dev.forebay.api.problem.ApiProblem if who answers is not the primary
   */
  Version load(DocumentKey key) throws SQLException;
}
