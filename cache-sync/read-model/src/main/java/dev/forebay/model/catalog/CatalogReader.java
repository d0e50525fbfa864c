package dev.forebay.model.catalog;

import dev.forebay.model.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the catalog in five queries. Confined to one thread. */
public final class CatalogReader {

  private static final String USER_SCHEMA =
      "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'";

  private static final String TYPES =
      """
      select t.oid, t.typname, t.typtype, t.typbasetype,
             case when t.typcategory = 'A' then t.typelem else 0 end as element,
             n.nspname, format_type(t.oid, -1) as sql, o.nspname as operators,
             (select array_agg(e.enumlabel::text order by e.enumsortorder)
              from pg_enum e where e.enumtypid = t.oid) as labels
      from pg_type t
      join pg_namespace n on n.oid = t.typnamespace
      left join lateral (
        select s.nspname
        from pg_opclass c
        join pg_am m on m.oid = c.opcmethod and m.amname = 'btree'
        join pg_amop a on a.amopfamily = c.opcfamily and a.amopstrategy = 3
                      and a.amoplefttype = t.oid and a.amoprighttype = t.oid
        join pg_operator p on p.oid = a.amopopr
        join pg_namespace s on s.oid = p.oprnamespace
        where c.opcdefault and c.opcintype = t.oid
        limit 1) o on true
      """;

  private static final String COLUMNS =
      """
      select n.nspname, c.relname, c.relkind, c.relpersistence, c.relhassubclass,
             c.relispartition, c.relreplident,
             a.attname, a.atttypid, a.attnotnull, a.attgenerated <> '' as generated,
             a.xmin::text as state,
             case when a.attlen > 0 then a.attlen
                  when a.atttypid in ('varchar'::regtype, 'bpchar'::regtype) and a.atttypmod > 4
                    then (a.atttypmod - 4) * pg_encoding_max_length(d.encoding) + 4
                  when a.atttypid = 'numeric'::regtype and a.atttypmod > 4
                    then ((a.atttypmod - 4) >> 16 & 65535) / 2 + 16
             end as most_bytes
      from pg_class c
      join pg_database d on d.datname = current_database()
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and %s
      order by n.nspname, c.relname, a.attnum
      """
          .formatted(USER_SCHEMA);

  /**
   * All valid ones that compare for equality. A partial one counts for searches if it leaves out
   * nothing but NULL, which no link finds.
   */
  private static final String INDEXES =
      """
      select n.nspname, c.relname, i.relname as index, x.indisprimary, x.indimmediate,
             x.indisreplident, m.amname = 'btree' as ordered,
             x.indisunique and x.indpred is null and x.indexprs is null
               and not x.indisexclusion as whole,
             (select array_agg(a.attname::text order by k.n)
              from unnest(x.indkey::int2[]) with ordinality k(attnum, n)
              join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
              where k.n <= x.indnkeyatts) as columns,
             case when x.indpred is null
                    or pg_get_expr(x.indpred, c.oid) = format('(%%s IS NOT NULL)',
                         (select quote_ident(a.attname) from pg_attribute a
                          where a.attrelid = c.oid and a.attnum = x.indkey[0]))
             then (select array_agg(s.name order by s.n) filter (where s.plain)
                   from (select k.n, a.attname::text as name,
                                bool_and(coalesce(x.indcollation[k.n::int - 1] = a.attcollation,
                                                  false)) over (order by k.n) as plain
                         from unnest(x.indkey::int2[]) with ordinality k(attnum, n)
                         left join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
                         where k.n <= x.indnkeyatts) s)
             end as leading
      from pg_index x
      join pg_class c on c.oid = x.indrelid
      join pg_class i on i.oid = x.indexrelid
      join pg_am m on m.oid = i.relam and m.amname in ('btree', 'hash')
      join pg_namespace n on n.oid = c.relnamespace
      where x.indisvalid and %s
      order by n.nspname, c.relname, i.relname
      """
          .formatted(USER_SCHEMA);

  /** A temporal foreign key (PostgreSQL 18) compares periods, which no equality of columns can. */
  private static final String FOREIGN_KEYS =
      """
      select n.nspname, c.relname, fn.nspname as target_schema, fc.relname as target_name,
             f.convalidated as enforced,
             (select array_agg(a.attname::text order by k.n)
              from unnest(f.conkey) with ordinality k(attnum, n)
              join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.attnum) as columns,
             (select array_agg(a.attname::text order by k.n)
              from unnest(f.confkey) with ordinality k(attnum, n)
              join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.attnum) as targets
      from pg_constraint f
      join pg_class c on c.oid = f.conrelid
      join pg_namespace n on n.oid = c.relnamespace
      join pg_class fc on fc.oid = f.confrelid
      join pg_namespace fn on fn.oid = fc.relnamespace
      where f.contype = 'f' and f.conparentid = 0
        and to_jsonb(f) ->> 'conperiod' is distinct from 'true'
      order by n.nspname, c.relname, f.conname
      """;

  /**
   * The tables below each root; those between hold no rows, but nobody may name them either. A
   * truncation gives a table another file, an attachment is a new row of pg_inherits.
   */
  private static final String PARTITIONS =
      """
      select rn.nspname as root_schema, r.relname as root_name, n.nspname, c.relname, p.isleaf,
             (select c.relfilenode || ' ' || string_agg(i.xmin::text, ' ' order by i.inhrelid)
              from pg_partition_ancestors(p.relid) a
              join pg_inherits i on i.inhrelid = a.relid) as state
      from pg_class r
      join pg_namespace rn on rn.oid = r.relnamespace
      cross join lateral pg_partition_tree(r.oid) p
      join pg_class c on c.oid = p.relid and c.oid <> r.oid
      join pg_namespace n on n.oid = c.relnamespace
      where r.relkind = 'p' and not r.relispartition
      """;

  /** A table while its rows of the catalog come in. */
  private static final class Draft {
    final Map<String, Column> columns = new LinkedHashMap<>();
    final List<String> primaryKey = new ArrayList<>();
    final List<UniqueIndex> uniqueIndexes = new ArrayList<>();
    final List<Index> indexes = new ArrayList<>();
    final Set<String> identity = new HashSet<>();
    final SortedMap<TableName, Draft> partitions = new TreeMap<>();
    Table.Kind kind = Table.Kind.TABLE;
    char replicaIdentity = 'n';
    String state = "";

    Set<String> identity() {
      if (replicaIdentity == 'f') {
        columns.values().stream().filter(c -> !c.generated()).forEach(c -> identity.add(c.name()));
      }
      return identity;
    }

    Table table(TableName name) {
      Set<String> carried = new HashSet<>(identity());
      SortedMap<TableName, Table.Partition> leaves = new TreeMap<>();
      partitions.forEach((leaf, draft) -> {
        carried.retainAll(draft.identity());
        leaves.put(leaf, new Table.Partition(draft.identity(), draft.indexes, draft.state));
      });
      return new Table(name, kind, columns, primaryKey, uniqueIndexes, indexes, carried, leaves);
    }
  }

  private record TypeRow(
      String name,
      boolean domain,
      long base,
      long element,
      String schema,
      String sql,
      String operators,
      List<String> labels) {}

  private final Connection connection;

  /**
   * @param connection whose search_path is {@code pg_catalog} alone, so that the names of all other
   *     types come with their schema
   */
  public CatalogReader(Connection connection) {
    this.connection = connection;
  }

  /** Reads all tables of all users. */
  public Catalog read() throws SQLException {
    Map<Long, ColumnType> types = types();
    SortedMap<TableName, Draft> drafts = new TreeMap<>();
    readColumns(drafts, types);
    readIndexes(drafts);
    SortedMap<TableName, TableName> roots = readPartitions(drafts);
    SortedMap<TableName, Table> tables = new TreeMap<>();
    drafts.forEach((name, draft) -> tables.put(name, draft.table(name)));
    return new Catalog(tables, foreignKeys(), types, roots);
  }

  private Map<Long, ColumnType> types() throws SQLException {
    Map<Long, TypeRow> rows = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(TYPES)) {
      while (row.next()) {
        String operators = row.getString("operators");
        rows.put(
            row.getLong("oid"),
            new TypeRow(
                row.getString("typname"),
                row.getString("typtype").equals("d"),
                row.getLong("typbasetype"),
                row.getLong("element"),
                row.getString("nspname"),
                row.getString("sql"),
                operators == null ? ColumnType.BUILT_IN : operators,
                names(row, "labels")));
      }
    }
    Map<Long, ColumnType> types = new HashMap<>();
    rows.forEach((oid, row) -> types.put(oid, type(row, rows)));
    return types;
  }

  private static ColumnType type(TypeRow row, Map<Long, TypeRow> rows) {
    TypeRow base = row;
    while (base.domain) {
      base = Objects.requireNonNull(rows.get(base.base));
    }
    TypeRow element = base.element == 0 ? null : rows.get(base.element);
    return new ColumnType(
        row.sql,
        base.schema.equals(ColumnType.BUILT_IN) ? base.name : "",
        element == null ? null : type(element, rows),
        base.operators,
        base.labels);
  }

  private void readColumns(Map<TableName, Draft> drafts, Map<Long, ColumnType> types)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(COLUMNS)) {
      while (row.next()) {
        Draft draft = drafts.computeIfAbsent(tableName(row), name -> new Draft());
        draft.kind = kind(row);
        draft.replicaIdentity = row.getString("relreplident").charAt(0);
        ColumnType type = types.get(row.getLong("atttypid"));
        if (type == null) {
          throw new SQLException("a type was made while the catalog was read; start again");
        }
        String name = row.getString("attname");
        draft.columns.put(
            name,
            new Column(
                name,
                type,
                row.getBoolean("attnotnull"),
                row.getBoolean("generated"),
                row.getObject("most_bytes", Integer.class),
                row.getString("state")));
      }
    }
  }

  private static Table.Kind kind(ResultSet row) throws SQLException {
    return switch (row.getString("relkind").charAt(0)) {
      case 'p' -> Table.Kind.PARTITIONED;
      case 'v', 'm' -> Table.Kind.VIEW;
      case 'f' -> Table.Kind.FOREIGN;
      default ->
          !row.getString("relpersistence").equals("p")
              ? Table.Kind.UNLOGGED
              : row.getBoolean("relhassubclass") ? Table.Kind.INHERITED : Table.Kind.TABLE;
    };
  }

  /** Returns the root of every partition. */
  private SortedMap<TableName, TableName> readPartitions(Map<TableName, Draft> drafts)
      throws SQLException {
    SortedMap<TableName, TableName> roots = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(PARTITIONS)) {
      while (row.next()) {
        TableName root = new TableName(row.getString("root_schema"), row.getString("root_name"));
        TableName partition = tableName(row);
        Draft above = drafts.get(root);
        Draft draft = drafts.get(partition);
        if (above == null || draft == null) {
          continue;
        }
        roots.put(partition, root);
        draft.state = row.getString("state");
        if (row.getBoolean("isleaf")) {
          above.partitions.put(partition, draft);
          if (draft.kind != Table.Kind.TABLE) {
            above.kind = Table.Kind.HALF_LOGGED;
          }
        }
        draft.kind = Table.Kind.PARTITION;
      }
    }
    return roots;
  }

  private void readIndexes(Map<TableName, Draft> drafts) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(INDEXES)) {
      while (row.next()) {
        Draft draft = drafts.get(tableName(row));
        if (draft == null) {
          continue;
        }
        List<String> leading = names(row, "leading");
        List<String> columns = names(row, "columns");
        boolean whole = row.getBoolean("whole");
        if (!leading.isEmpty()) {
          draft.indexes.add(
              new Index(leading, whole && leading.equals(columns), row.getBoolean("ordered")));
        }
        if (!whole) {
          continue;
        }
        boolean immediate = row.getBoolean("indimmediate");
        draft.uniqueIndexes.add(new UniqueIndex(row.getString("index"), columns, immediate));
        boolean primary = row.getBoolean("indisprimary");
        if (primary) {
          draft.primaryKey.addAll(columns);
        }
        boolean identity =
            switch (draft.replicaIdentity) {
              case 'd' -> primary && immediate;
              case 'i' -> row.getBoolean("indisreplident");
              default -> false;
            };
        if (identity) {
          draft.identity.addAll(columns);
        }
      }
    }
  }

  private List<ForeignKey> foreignKeys() throws SQLException {
    List<ForeignKey> keys = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(FOREIGN_KEYS)) {
      while (row.next()) {
        TableName target =
            new TableName(row.getString("target_schema"), row.getString("target_name"));
        keys.add(
            new ForeignKey(
                tableName(row),
                names(row, "columns"),
                target,
                names(row, "targets"),
                row.getBoolean("enforced")));
      }
    }
    return keys;
  }

  private static TableName tableName(ResultSet row) throws SQLException {
    return new TableName(row.getString("nspname"), row.getString("relname"));
  }

  private static List<String> names(ResultSet row, String column) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? List.of() : List.of((String[]) array.getArray());
  }
}
