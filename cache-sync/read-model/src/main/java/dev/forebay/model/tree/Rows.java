package dev.forebay.model.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows an object, an array or a value is made from.
 *
 * @param occurrence their table
 * @param through the rows between them and the enclosing row, or null; their occurrence is the
 *     {@code outer} of {@code occurrence}, and nothing stands between in turn
 * @param where condition over their columns, or null
 * @param expressions computed columns, by {@link Field#expression}
 */
public record Rows(
    Occurrence occurrence,
    @Nullable Rows through,
    @Nullable String where,
    List<String> expressions) {
  public Rows {
    expressions = List.copyOf(expressions);
  }

  /** The occurrence that joins the enclosing row. */
  public Occurrence nearest() {
    return through == null ? occurrence : through.occurrence;
  }
}
