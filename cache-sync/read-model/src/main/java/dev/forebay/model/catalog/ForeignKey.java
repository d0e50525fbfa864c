package dev.forebay.model.catalog;

import dev.forebay.model.TableName;
import java.util.List;

/**
 * A foreign key: {@code columns} of {@code table} name a row of {@code target} by {@code
 * targetColumns}, in the same order.
 */
public record ForeignKey(
    TableName table, List<String> columns, TableName target, List<String> targetColumns) {
  public ForeignKey {
    columns = List.copyOf(columns);
    targetColumns = List.copyOf(targetColumns);
  }
}
