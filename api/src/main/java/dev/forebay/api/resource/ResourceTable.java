package dev.forebay.api.resource;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.Table;
import dev.forebay.api.problem.TableRules;
import dev.forebay.model.Resource;
import dev.forebay.model.TableName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A resource with the columns it names. Clients see its key and write columns, in the order of the
 * declaration, and no others: a column is shown because somebody named it.
 */
public final class ResourceTable implements TableRules {

  private final Resource resource;
  private final Table table;
  private final List<Column> key;
  private final SequencedMap<String, Column> writable;
  private final SequencedMap<String, Column> visible;

  /** Both must fit: {@link ResourceTables} sees to it. */
  ResourceTable(Resource resource, Table table) {
    this.resource = resource;
    this.table = table;
    this.key = resource.key().stream().map(table::column).toList();
    this.writable = byName(resource.write().stream().map(table::column).toList());
    SequencedMap<String, Column> seen = new LinkedHashMap<>(byName(key));
    seen.putAll(writable);
    this.visible = Collections.unmodifiableSequencedMap(seen);
  }

  /** As declared. */
  public Resource resource() {
    return resource;
  }

  /** As the catalog describes it. */
  public Table table() {
    return table;
  }

  /** The columns of the key, one per segment of the URL. */
  public List<Column> key() {
    return key;
  }

  /** What clients may set, by name. */
  public SequencedMap<String, Column> writable() {
    return writable;
  }

  /** What clients may see, by name, in the order of answers. */
  public SequencedMap<String, Column> visible() {
    return visible;
  }

  @Override
  public TableName name() {
    return table.name();
  }

  @Override
  public List<String> columnsOf(String constraint) {
    return table
        .findConstraint(constraint)
        .map(found -> found.columns().stream().filter(visible::containsKey).toList())
        .orElse(List.of());
  }

  @Override
  public boolean isVisible(String column) {
    return visible.containsKey(column);
  }

  private static SequencedMap<String, Column> byName(List<Column> columns) {
    Map<String, Column> byName = new LinkedHashMap<>();
    columns.forEach(column -> byName.put(column.name(), column));
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(byName));
  }
}
