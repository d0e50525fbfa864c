package dev.forebay.model.catalog;

import dev.forebay.model.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** The tables of one database as they were when it was read. Immutable. */
public final class Catalog {

  private static final String DEFAULT_SCHEMA = "public";

  private final SortedMap<TableName, Table> tables;
  private final List<ForeignKey> foreignKeys;
  private final Map<Long, ColumnType> types;
  private final Map<TableName, TableName> roots;

  Catalog(
      SortedMap<TableName, Table> tables,
      List<ForeignKey> foreignKeys,
      Map<Long, ColumnType> types,
      Map<TableName, TableName> roots) {
    this.tables = tables;
    this.foreignKeys = foreignKeys;
    this.types = types;
    this.roots = roots;
  }

  /**
   * Finds a table as forebay.yaml names it: {@code name} of schema public, or {@code schema.name},
   * each part exactly as the catalog spells it.
   */
  public Optional<Table> find(String name) {
    Table table = tables.get(new TableName(DEFAULT_SCHEMA, name));
    for (int dot = name.indexOf('.'); table == null && dot > 0; dot = name.indexOf('.', dot + 1)) {
      table = tables.get(new TableName(name.substring(0, dot), name.substring(dot + 1)));
    }
    return Optional.ofNullable(table);
  }

  /** All names that {@link #find} finds. */
  public List<String> names() {
    return tables.keySet().stream()
        .map(table -> table.schema().equals(DEFAULT_SCHEMA) ? table.name() : table.toString())
        .toList();
  }

  /** The foreign keys from one table to another. */
  public List<ForeignKey> foreignKeys(TableName from, TableName to) {
    return foreignKeys.stream()
        .filter(key -> key.table().equals(from) && key.target().equals(to))
        .toList();
  }

  /** The partitioned table at the top of the tree that a partition stands in. */
  public Optional<TableName> rootOf(TableName partition) {
    return Optional.ofNullable(roots.get(partition));
  }

  /** Returns a type by its object identifier. */
  public ColumnType type(long oid) {
    ColumnType type = types.get(oid);
    if (type == null) {
      throw new IllegalArgumentException("no type has the identifier " + oid);
    }
    return type;
  }
}
