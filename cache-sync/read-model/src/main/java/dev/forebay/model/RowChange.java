package dev.forebay.model;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A changed row as routing needs it: what it looked like before and after, as text.
 *
 * <p>Values are in PostgreSQL's own text form, so that a cast to the column's type reads them back.
 * A column that the log did not carry (an unchanged TOAST value, a column outside the replica
 * identity) is absent from the map; a column that was NULL is present with a null value.
 *
 * @param table where the row is
 * @param before the old image, null for an insert or when the replica identity carried none
 * @param after the new image, null for a delete
 */
public record RowChange(
    TableName table,
    @Nullable Map<String, @Nullable String> before,
    @Nullable Map<String, @Nullable String> after) {

  public RowChange {
    before = before == null ? null : Collections.unmodifiableMap(new HashMap<>(before));
    after = after == null ? null : Collections.unmodifiableMap(new HashMap<>(after));
  }
}
