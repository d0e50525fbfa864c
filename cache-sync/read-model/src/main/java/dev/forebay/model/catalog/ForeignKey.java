package dev.forebay.model.catalog;

import dev.forebay.model.TableName;
import java.util.List;

/**
 * A foreign key: {@code columns} of {@code table} name a row of {@code target} by {@code
 * targetColumns}, in the same order.
 *
 * @param enforced whether PostgreSQL has checked every row, so that the target is there
 */
public record ForeignKey(
    TableName table,
    List<String> columns,
    TableName target,
    List<String> targetColumns,
    boolean enforced) {
  public ForeignKey {
    columns = List.copyOf(columns);
    targetColumns = List.copyOf(targetColumns);
  }
}
