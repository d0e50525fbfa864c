package dev.forebay.worker.verify;

import dev.forebay.model.DocumentKey;
import java.sql.SQLException;
import java.util.function.Consumer;

/** A comparison of one model that goes on page by page. For one thread. */
interface Scan extends AutoCloseable {

  /**
   * Compares the next page.
   *
   * @param doubtful gets the keys about which the sides disagree
   * @return whether there may be another page
   */
  boolean page(Consumer<DocumentKey> doubtful) throws SQLException;

  /** What is counted: "keys of article in KV". */
  String what();

  /** How many of them so far. */
  long done();

  @Override
  default void close() {}
}
