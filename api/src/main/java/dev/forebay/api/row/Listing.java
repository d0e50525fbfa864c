package dev.forebay.api.row;

import dev.forebay.api.catalog.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a list shows.
 *
 * @param fields of each row, at least one
 * @param filters rows must fulfil all
 * @param order ends with what names a row, so that no two rows are equal in it
 * @param after where the page before ended, or null for the first
 * @param limit rows at most, at least 1
 */
public record Listing(
    List<Column> fields,
    List<Filter> filters,
    List<Order> order,
    @Nullable Cursor after,
    int limit) {
  public Listing {
    fields = List.copyOf(fields);
    filters = List.copyOf(filters);
    order = List.copyOf(order);
  }
}
