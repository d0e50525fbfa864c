package dev.forebay.model;

import java.util.List;

/**
 * Changed rows came without the columns that lead to their documents, so nobody can say which these
 * are: the table's replica identity has become too narrow since start-up, or a column is new.
 *
 * <p>The caller should route the other changes, mark every document of the models that read these
 * tables dirty, and start again if it happens more than once, because start-up checks the identity.
 */
public final class IncompleteImageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Integer> changes;

  /**
   * @param changes indices of the rows in the list that was routed
   * @param message names the first table and the columns it lacks, never a value
   */
  public IncompleteImageException(List<Integer> changes, String message) {
    super(message);
    this.changes = List.copyOf(changes);
  }

  /** Indices, in the list that was routed, of the rows that cannot be. */
  public List<Integer> changes() {
    return changes;
  }
}
