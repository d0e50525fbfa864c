package dev.forebay.model.tree;

import dev.forebay.model.catalog.ColumnType;
import org.jspecify.annotations.Nullable;

/**
 * A member of a JSON object that comes from the object's own row.
 *
 * @param name in JSON
 * @param column the column; null for an expression
 * @param expression index in {@link Rows#expressions}, or −1 for a column
 */
public record Field(String name, @Nullable String column, int expression, ColumnType type) {}
