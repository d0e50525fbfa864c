package dev.forebay.worker.capture;

import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.time.Instant;

/** A record of the engine, in our words. */
sealed interface LogRecord {

  /** A transaction begins. */
  record Begin(long xid32, Instant committed) implements LogRecord {}

  /** The transaction that began last is complete. */
  record End() implements LogRecord {}

  /** A row of the transaction that began last. */
  record Row(RowChange change) implements LogRecord {}

  /** A truncation in the transaction that began last. */
  record Truncate(TableName table) implements LogRecord {}

  /**
   * A message that a worker wrote into the log: a heartbeat, or the marker of an attempt.
   *
   * @param content what it says
   */
  record Message(String content, Instant committed) implements LogRecord {}

  /** Nothing to act upon. */
  record Other() implements LogRecord {}
}
