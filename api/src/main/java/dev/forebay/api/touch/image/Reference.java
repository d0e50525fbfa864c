package dev.forebay.api.touch.image;

import dev.forebay.model.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A foreign key by which deleting a row changes others.
 *
 * @param from the table of the others
 * @param columns of it, that refer to {@code toColumns}
 * @param types of these columns, as SQL
 * @param deletes whether the others are deleted too; else {@code nulled} become null
 */
record Reference(
    TableName from,
    List<String> columns,
    List<String> types,
    TableName to,
    List<String> toColumns,
    boolean deletes,
    List<String> nulled) {

  /** Partitions have copies of their table's keys, which say nothing new. */
  private static final String ALL =
      """
      select fn.nspname, f.relname, tn.nspname, t.relname, c.confdeltype = 'c',
        array(select a.attname::text from unnest(c.conkey) with ordinality k(n, i)
              join pg_attribute a on a.attrelid = f.oid and a.attnum = k.n order by k.i),
        array(select format_type(a.atttypid, null) from unnest(c.conkey) with ordinality k(n, i)
              join pg_attribute a on a.attrelid = f.oid and a.attnum = k.n order by k.i),
        array(select a.attname::text from unnest(c.confkey) with ordinality k(n, i)
              join pg_attribute a on a.attrelid = t.oid and a.attnum = k.n order by k.i),
        array(select a.attname::text from unnest(coalesce(c.confdelsetcols, c.conkey)) k(n)
              join pg_attribute a on a.attrelid = f.oid and a.attnum = k.n)
      from pg_constraint c
      join pg_class f on f.oid = c.conrelid join pg_namespace fn on fn.oid = f.relnamespace
      join pg_class t on t.oid = c.confrelid join pg_namespace tn on tn.oid = t.relnamespace
      where c.contype = 'f' and c.conparentid = 0 and c.confdeltype in ('c', 'n')
        and has_table_privilege(f.oid, 'select') and has_any_column_privilege(f.oid, 'update')
      order by c.oid\
      """;

  Reference {
    columns = List.copyOf(columns);
    types = List.copyOf(types);
    toColumns = List.copyOf(toColumns);
    nulled = List.copyOf(nulled);
  }

  /**
   * Reads those whose rows this role may read and lock.
   *
   * @param connection with nothing but pg_catalog in its search path
   */
  static List<Reference> all(Connection connection) throws SQLException {
    List<Reference> references = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(ALL)) {
      while (row.next()) {
        references.add(
            new Reference(
                new TableName(row.getString(1), row.getString(2)),
                texts(row.getArray(6)),
                texts(row.getArray(7)),
                new TableName(row.getString(3), row.getString(4)),
                texts(row.getArray(8)),
                row.getBoolean(5),
                texts(row.getArray(9))));
      }
    }
    return references;
  }

  private static List<String> texts(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }

  /** What refers to this row; empty where it has a null, to which nothing does. */
  Optional<List<String>> values(Image row) {
    List<String> values = new ArrayList<>();
    for (String column : toColumns) {
      String value = row.values().get(column);
      if (value == null) {
        return Optional.empty();
      }
      values.add(value);
    }
    return Optional.of(values);
  }

  /** The row that refers to a deleted one, when it does so no more. */
  Map<String, @Nullable String> released(Image row) {
    Map<String, @Nullable String> values = new HashMap<>(row.values());
    nulled.stream().filter(values::containsKey).forEach(column -> values.put(column, null));
    return values;
  }
}
