package dev.forebay.api.write;

import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.SqlState;
import dev.forebay.api.row.Applied;
import dev.forebay.api.row.Row;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What one request may take in all: statements are bounded one by one, but a request may have a
 * thousand, and each may return a row. Belongs to one attempt.
 */
final class Allowance {

  /** Of a connection that others wait for. */
  private static final Duration TIME = Duration.ofSeconds(15);

  /** Characters of rows that are held until the answer is sent. */
  private static final long ROWS = 16L << 20;

  private final long began = System.nanoTime();
  private long rows;

  /**
   * Counts what an operation did.
   *
   * @throws SQLException as if PostgreSQL had cancelled it, if the request takes too long
   * @throws ApiProblem if its answer would be too large
   */
  void spend(Applied applied) throws SQLException {
    if (System.nanoTime() - began > TIME.toNanos()) {
      throw new SQLException("the request takes too long", SqlState.QUERY_CANCELED);
    }
    Row row = applied.row();
    rows += row == null ? 0 : row.json().length();
    if (rows > ROWS) {
      throw ApiProblem.of(
          ProblemType.CONTENT_TOO_LARGE,
          "The rows of the answer have more than 16 million characters; send fewer operations.");
    }
  }
}
