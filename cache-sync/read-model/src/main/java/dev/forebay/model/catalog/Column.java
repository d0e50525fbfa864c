package dev.forebay.model.catalog;

/**
 * A column of a table.
 *
 * @param name as the catalog spells it
 * @param notNull whether PostgreSQL refuses NULL
 * @param generated whether it is computed from others; the log does not carry it
 */
public record Column(String name, ColumnType type, boolean notNull, boolean generated) {}
