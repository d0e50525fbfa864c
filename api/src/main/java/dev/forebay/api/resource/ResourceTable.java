package dev.forebay.api.resource;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.Constraint;
import dev.forebay.api.catalog.Table;
import dev.forebay.api.problem.TableRules;
import dev.forebay.model.Resource;
import dev.forebay.model.TableName;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A resource with the columns it names. Clients see its key and write columns, in the order of the
 * declaration, and no others: a column is shown because somebody named it.
 */
public final class ResourceTable implements TableRules {

  private final Resource resource;
  private final Table table;
  private final List<Column> key;
  private final List<Column> keyConstraint;
  private final @Nullable Column version;
  private final SequencedMap<String, Column> writable;
  private final SequencedMap<String, Column> visible;

  /** Both must fit: {@link ResourceTables} sees to it. */
  ResourceTable(Resource resource, Table table) {
    this.resource = resource;
    this.table = table;
    this.key = resource.key().stream().map(table::column).toList();
    this.keyConstraint = keyConstraint(resource.key(), table).stream().map(table::column).toList();
    this.version = resource.version() == null ? null : table.column(resource.version());
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

  /** Columns of the key that are unique in the table; all of them, but for a few odd keys. */
  public List<Column> keyConstraint() {
    return keyConstraint;
  }

  /** The column that every update makes one larger, or null. */
  public @Nullable Column version() {
    return version;
  }

  /** Whether a client can choose the key of a new row. */
  public boolean isKeyWritable() {
    return key.stream().allMatch(column -> writable.containsKey(column.name()));
  }

  /** Whether these are values of the key: as many as it has columns, each fit for its own. */
  public boolean isKey(List<String> values) {
    if (values.size() != key.size()) {
      return false;
    }
    for (int i = 0; i < key.size(); i++) {
      if (!ColumnValues.isKeyText(key.get(i).type(), values.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** A text from a URL as a parameter for this column; empty if it is none of its values. */
  public static Optional<String> value(Column column, String text) {
    return ColumnValues.fromUrl(column.type(), text);
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

  @Override
  public boolean isGuarded() {
    return resource.databaseRole() != null;
  }

  /** The unique constraint that makes a key one, the widest there is; empty if there is none. */
  static List<String> keyConstraint(List<String> key, Table table) {
    return table.constraints().values().stream()
        .filter(constraint -> constraint.kind() == Constraint.Kind.UNIQUE)
        .map(Constraint::columns)
        .filter(columns -> Set.copyOf(key).containsAll(columns))
        .max(Comparator.comparingInt(List::size))
        .orElse(List.of());
  }

  private static SequencedMap<String, Column> byName(List<Column> columns) {
    Map<String, Column> byName = new LinkedHashMap<>();
    columns.forEach(column -> byName.put(column.name(), column));
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(byName));
  }
}
