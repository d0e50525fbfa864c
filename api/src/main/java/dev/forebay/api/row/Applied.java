package dev.forebay.api.row;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an operation did.
 *
 * @param outcome what became of the row
 * @param key of the row
 * @param row as the operation left it; null if it was deleted
 */
public record Applied(Outcome outcome, List<String> key, @Nullable Row row) {
  public Applied {
    key = List.copyOf(key);
  }

  /** What became of a row. */
  public enum Outcome {
    CREATED,
    CHANGED,
    /** It was asked to be nothing else than it is, and nothing was written. */
    SAME,
    DELETED
  }

  static Applied created(Row row) {
    return new Applied(Outcome.CREATED, row.key(), row);
  }

  static Applied changed(Row row) {
    return new Applied(Outcome.CHANGED, row.key(), row);
  }

  static Applied same(Row row) {
    return new Applied(Outcome.SAME, row.key(), row);
  }

  static Applied deleted(List<String> key) {
    return new Applied(Outcome.DELETED, key, null);
  }

  /**
   * The row, which must not have been deleted.
   *
   * @throws NullPointerException if it was
   */
  public Row present() {
    return Objects.requireNonNull(row, "deleted");
  }
}
