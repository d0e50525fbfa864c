package dev.forebay.model.closed;

import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Questions to the catalog, by object identifier. Confined to one thread. */
final class CatalogFacts {

  /** A type and all it is made of: of a domain, an array, a range, a row. */
  private static final String PARTS =
      """
      with recursive part(oid) as (
        select unnest(?::bigint[])::oid
        union
        select p.oid
        from part
        join pg_type t on t.oid = part.oid
        cross join lateral (
          select t.typbasetype union all
          select t.typelem where t.typcategory = 'A' union all
          select rngsubtype from pg_range where rngtypid = t.oid or rngmultitypid = t.oid union all
          select a.atttypid from pg_attribute a
          where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
        ) p(oid)
        where p.oid <> 0)
      """;

  private static final String FUNCTIONS =
      """
      with called as (
        select unnest(?::bigint[])::oid as oid),
      all_called as (
        select oid from called
        union
        select f.oid from called
        join pg_aggregate a on a.aggfnoid = called.oid
        cross join lateral (values (a.aggtransfn::oid), (a.aggfinalfn::oid), (a.aggmtransfn::oid),
                                   (a.aggmfinalfn::oid)) f(oid))
      select p.oid, p.proname, p.oid::regprocedure::text, p.provolatile,
             p.pronamespace = 'pg_catalog'::regnamespace, p.prosqlbody::text
      from pg_proc p
      join all_called using (oid)
      order by p.oid
      """;

  /**
   * @param body what can be followed, or null
   */
  record Function(
      long oid,
      String name,
      String signature,
      char volatility,
      boolean builtIn,
      @Nullable String body) {}

  record Relation(long oid, TableName name, boolean view) {}

  private final Connection connection;

  CatalogFacts(Connection connection) {
    this.connection = connection;
  }

  long relation(String name) throws SQLException {
    return Long.parseLong(only("select ?::regclass::oid::text", name));
  }

  /** The stored query of a view. */
  String rule(long view) throws SQLException {
    return only(
        "select ev_action::text from pg_rewrite where ev_class = ?::oid and rulename = '_RETURN'",
        Long.toString(view));
  }

  private String only(String sql, String parameter) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, parameter);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  List<Function> functions(Collection<Long> oids) throws SQLException {
    List<Function> functions = new ArrayList<>();
    each(
        FUNCTIONS,
        oids,
        row ->
            functions.add(
                new Function(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4).charAt(0),
                    row.getBoolean(5),
                    row.getString(6))));
    return functions;
  }

  Set<Long> functionsOfOperators(Collection<Long> oids) throws SQLException {
    return longs("select oprcode::oid from pg_operator where oid = any(?::bigint[]::oid[])", oids);
  }

  /** The functions that read these types, and what they are made of, from text. */
  Set<Long> inputFunctions(Collection<Long> types) throws SQLException {
    return longs(PARTS + "select t.typinput::oid from part join pg_type t using (oid)", types);
  }

  List<Relation> relations(Collection<Long> oids) throws SQLException {
    List<Relation> relations = new ArrayList<>();
    each(
        """
        select c.oid, n.nspname, c.relname, c.relkind = 'v'
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.oid = any(?::bigint[]::oid[])
        order by 2, 3\
        """,
        oids,
        row ->
            relations.add(
                new Relation(
                    row.getLong(1),
                    new TableName(row.getString(2), row.getString(3)),
                    row.getBoolean(4))));
    return relations;
  }

  /** The conditions of the domains among these types and their parts, as stored. */
  Set<String> conditions(Collection<Long> types) throws SQLException {
    return texts(
        PARTS
            + "select conbin::text from part join pg_constraint on contypid = part.oid"
            + " where conbin is not null",
        types);
  }

  /** Types whose values are names of the catalog: regclass and its kin. */
  Set<String> objectTypes(Collection<Long> types) throws SQLException {
    return texts(
        PARTS
            + "select t.typname from part join pg_type t using (oid)"
            + " where t.typname ~ '^reg' and t.typnamespace = 'pg_catalog'::regnamespace",
        types);
  }

  /** Whether a value of these types can hold a date or a time of day. */
  boolean holdTime(Collection<Long> types) throws SQLException {
    return !texts(
            PARTS
                + "select t.typname from part join pg_type t using (oid)"
                + " where t.typcategory = 'D' and t.typnamespace = 'pg_catalog'::regnamespace",
            types)
        .isEmpty();
  }

  /** The result columns of a view with the identifiers of their types. */
  Map<String, Long> columns(long view) throws SQLException {
    Map<String, Long> columns = new LinkedHashMap<>();
    each(
        """
        select attname, atttypid from pg_attribute
        where attrelid = any(?::bigint[]::oid[]) and attnum > 0 order by attnum\
        """,
        List.of(view),
        row -> columns.put(row.getString(1), row.getLong(2)));
    return columns;
  }

  /** Schema, table, column (null: the whole row) of what a view reads itself. */
  void used(long view, Reader reader) throws SQLException {
    each(
        """
        select distinct n.nspname, c.relname, a.attname
        from pg_rewrite r
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
                        and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.ev_class
        join pg_class c on c.oid = d.refobjid
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
                                and d.refobjsubid > 0
        where r.ev_class = any(?::bigint[]::oid[])\
        """,
        List.of(view),
        reader);
  }

  interface Reader {
    void read(ResultSet row) throws SQLException;
  }

  private void each(String sql, Collection<Long> oids, Reader reader) throws SQLException {
    if (oids.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("int8", oids.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          reader.read(row);
        }
      }
    }
  }

  private Set<Long> longs(String sql, Collection<Long> oids) throws SQLException {
    Set<Long> all = new LinkedHashSet<>();
    each(sql, oids, row -> all.add(row.getLong(1)));
    return all;
  }

  private Set<String> texts(String sql, Collection<Long> oids) throws SQLException {
    Set<String> all = new LinkedHashSet<>();
    each(sql, oids, row -> all.add(row.getString(1)));
    return all;
  }
}
