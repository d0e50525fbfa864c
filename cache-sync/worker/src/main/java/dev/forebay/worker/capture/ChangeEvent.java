package dev.forebay.worker.capture;

import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import dev.forebay.worker.dirty.Cause;

/**
 * Something the log says happened. Only a hint: it says which documents to look at, never what they
 * contain. Whoever takes one owns a hold on its cause and releases it.
 */
public sealed interface ChangeEvent {

  /** The transaction it belongs to. */
  Cause cause();

  /**
   * A row was created, updated or deleted.
   *
   * @param change with the images that the table's replica identity carries
   */
  record Row(Cause cause, RowChange change) implements ChangeEvent {}

  /**
   * A table was emptied.
   *
   * @param table which
   */
  record Truncate(Cause cause, TableName table) implements ChangeEvent {}
}
