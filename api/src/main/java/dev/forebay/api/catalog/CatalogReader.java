package dev.forebay.api.catalog;

import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** Reads tables from PostgreSQL's catalog. Safe for any thread; calls block. */
public final class CatalogReader {

  private static final String FIND_TABLE =
      """
      select c.oid, c.relkind = 'p' as partitioned, exists (
          select from pg_trigger t
          where t.tgrelid = c.oid and not t.tgisinternal and t.tgtype & 7 = 7) as fills_rows
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ? and c.relname = ? and c.relkind in ('r', 'p')
      """;

  /** One row per column; a domain is followed down to the type that is none. */
  private static final String COLUMNS =
      """
      with recursive layer as (
        select a.attnum, a.atttypid as typid, a.atttypmod as typmod,
               a.attnotnull as not_null, a.atthasdef or a.attidentity <> '' as has_default
        from pg_attribute a
        where a.attrelid = ? and a.attnum > 0 and not a.attisdropped
        union all
        select l.attnum, t.typbasetype, t.typtypmod,
               l.not_null or t.typnotnull, l.has_default or t.typdefault is not null
        from layer l join pg_type t on t.oid = l.typid and t.typtype = 'd')
      select a.attname, l.not_null, l.has_default, l.typmod,
             a.attgenerated <> '' or a.attidentity = 'a' as generated,
             format_type(t.oid, -1) as sql_type, %1$s as type_name, %2$s as labels,
             e.oid is not null as is_array,
             format_type(e.oid, -1) as element_sql_type, %3$s as element_name,
             %4$s as element_labels
      from layer l
      join pg_type t on t.oid = l.typid and t.typtype <> 'd'
      join pg_attribute a on a.attrelid = ? and a.attnum = l.attnum
      left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
      order by l.attnum
      """
          .formatted(typeName("t"), labels("t"), typeName("e"), labels("e"));

  private static final String CONSTRAINTS =
      """
      select conname as name, contype::text as kind, coalesce((
          select array_agg(a.attname order by k.position)
          from unnest(c.conkey) with ordinality k(attnum, position)
          join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum), '{}') as columns
      from pg_constraint c
      where conrelid = ? and contype not in ('p', 'u')
      union all
      select i.relname, case
          when x.indpred is null and x.indexprs is null and x.indimmediate and x.indisvalid
          then 'u' else 'partly' end,
        coalesce((
          select array_agg(a.attname order by k.position)
          from unnest(x.indkey::int2[]) with ordinality k(attnum, position)
          join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum
          where k.position <= x.indnkeyatts), '{}')
      from pg_index x join pg_class i on i.oid = x.indexrelid
      where x.indrelid = ? and x.indisunique
      """;

  private static final String CAN_ASSUME =
      """
      select from pg_roles where rolname = ? and pg_has_role(oid,
        case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end)\
      """;

  private final DataSource dataSource;

  /**
   * @param dataSource not closed here
   */
  public CatalogReader(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /**
   * Reads one table.
   *
   * @return empty if there is no such table; a view is none
   */
  public Optional<Table> find(TableName name) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        // Only with this path does format_type qualify every type outside pg_catalog.
        statement.execute("set local search_path = pg_catalog");
        return find(connection, name);
      } finally {
        connection.rollback();
      }
    }
  }

  /** Whether there is such a role, and the API's own role is a member of it. */
  public boolean canAssume(String role) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(CAN_ASSUME)) {
      connection.setAutoCommit(true);
      statement.setString(1, role);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  private static Optional<Table> find(Connection connection, TableName name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND_TABLE)) {
      statement.setString(1, name.schema());
      statement.setString(2, name.name());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        long oid = row.getLong("oid");
        return Optional.of(
            new Table(
                name,
                columns(connection, oid),
                constraints(connection, oid),
                row.getBoolean("fills_rows"),
                row.getBoolean("partitioned")));
      }
    }
  }

  private static Map<String, Column> columns(Connection connection, long oid) throws SQLException {
    Map<String, Column> columns = new LinkedHashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setLong(1, oid);
      statement.setLong(2, oid);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Column column =
              new Column(
                  row.getString("attname"),
                  ColumnTypes.read(row),
                  row.getBoolean("not_null"),
                  row.getBoolean("has_default"),
                  row.getBoolean("generated"));
          columns.put(column.name(), column);
        }
      }
    }
    return columns;
  }

  private static Map<String, Constraint> constraints(Connection connection, long oid)
      throws SQLException {
    Map<String, Constraint> constraints = new LinkedHashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(CONSTRAINTS)) {
      statement.setLong(1, oid);
      statement.setLong(2, oid);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          List<String> columns = Arrays.asList((String[]) row.getArray("columns").getArray());
          String name = row.getString("name");
          constraints.put(name, new Constraint(name, kind(row.getString("kind")), columns));
        }
      }
    }
    return constraints;
  }

  private static Constraint.Kind kind(String code) {
    return switch (code) {
      case "u" -> Constraint.Kind.UNIQUE;
      case "partly" -> Constraint.Kind.PARTLY_UNIQUE;
      case "f" -> Constraint.Kind.FOREIGN_KEY;
      case "c" -> Constraint.Kind.CHECK;
      default -> Constraint.Kind.OTHER;
    };
  }

  /** Built-in types by name; others by what they are, with a sign no built-in name begins with. */
  private static String typeName(String type) {
    return """
    case when %1$s.typnamespace = 'pg_catalog'::regnamespace then %1$s.typname::text
         when %1$s.typtype = 'e' then '*enum'
         when %1$s.typcategory = 'S' then '*text' end\
    """
        .formatted(type);
  }

  private static String labels(String type) {
    return """
    array(select enumlabel::text from pg_enum
          where enumtypid = %s.oid order by enumsortorder)\
    """
        .formatted(type);
  }
}
