package dev.forebay.api.row;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next where the following page begins, or null if there is none
 */
public record Page(List<Row> rows, @Nullable Cursor next) {
  public Page {
    rows = List.copyOf(rows);
  }
}
