package dev.forebay.ops.start;

import dev.forebay.model.Instance;
import dev.forebay.model.Mend;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a role can publish and read the tables of the read models, all of their rows, and whether
 * the publication carries every change of them. Looks only; changes nothing. For one thread, on a
 * connection that is not its own.
 */
final class TableChecks {

  private static final String OWNED_BY_OTHERS =
      """
      select c.relowner::regrole::text, quote_ident(current_user)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ? and c.relname = ? and not pg_has_role(current_user, c.relowner, 'usage')
        and not exists (select from pg_publication_tables p
                        where p.pubname = ? and p.schemaname = n.nspname and p.tablename = c.relname)\
      """;

  /** Row security spares superusers, BYPASSRLS, and the owner unless it is forced on him. */
  private static final String READING =
      """
      select has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'),
             c.relrowsecurity and not (r.rolsuper or r.rolbypassrls)
               and (c.relforcerowsecurity or not pg_has_role(current_user, c.relowner, 'usage')),
             quote_ident(r.rolname), quote_ident(n.nspname)
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_roles r on r.rolname = current_user
      where n.nspname = ? and c.relname = ?\
      """;

  private static final String FILTERED =
      """
      select exists (select from pg_attribute a
                     where a.attrelid = format('%I.%I', p.schemaname, p.tablename)::regclass
                       and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                       and not a.attname = any (p.attnames)),
             p.rowfilter is not null
      from pg_publication_tables p
      where p.pubname = ? and p.schemaname = ? and p.tablename = ?\
      """;

  /** Tables that stand there by name come back, with a resync, when the worker misses them. */
  private static final String OPERATIONS =
      """
      select (select string_agg(format('%I.%I', n.nspname, c.relname), ', ' order by c.oid)
              from pg_publication_rel r
              join pg_class c on c.oid = r.prrelid
              join pg_namespace n on n.oid = c.relnamespace
              where r.prpubid = p.oid)
      from pg_publication p
      where pubname = ? and not (pubinsert and pubupdate and pubdelete and pubtruncate)\
      """;

  private final Connection connection;
  private final String name;
  private final List<Problem> problems = new ArrayList<>();
  private Mend.@Nullable Publication operations;

  private TableChecks(Connection connection, Instance instance) {
    this.connection = connection;
    this.name = instance.databaseName();
  }

  /** Returns what stands against publishing these tables and building documents from them. */
  static List<Problem> of(Connection connection, Instance instance, Collection<TableName> tables)
      throws SQLException {
    TableChecks checks = new TableChecks(connection, instance);
    checks.lookAtOperations();
    for (TableName table : tables) {
      checks.lookAtOwner(table);
      checks.lookAtReading(table);
      checks.lookAtFilter(table);
    }
    return checks.problems;
  }

  /** Returns what stands against reading every row of these models' tables. */
  static List<Problem> reading(Connection connection, Instance instance, ReadModels models)
      throws SQLException {
    TableChecks checks = new TableChecks(connection, instance);
    for (TableName table : models.tables()) {
      checks.lookAtReading(table);
    }
    return checks.problems;
  }

  private void lookAtOperations() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OPERATIONS)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          List<String> sql = new ArrayList<>();
          sql.add(alter() + " SET (publish = 'insert, update, delete, truncate');");
          if (row.getString(1) != null) {
            sql.add(alter() + " DROP TABLE " + row.getString(1) + ";");
          }
          operations = new Mend.Publication(sql);
          problems.add(
              new Problem(
                  "publication " + name,
                  "does not publish every kind of change.",
                  null,
                  operations));
        }
      }
    }
  }

  private String alter() {
    return "ALTER PUBLICATION " + TableName.quote(name);
  }

  private void lookAtOwner(TableName table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OWNED_BY_OTHERS)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      statement.setString(3, name);
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          add(
              table,
              "belongs to role " + row.getString(1) + ", so this role cannot publish it.",
              new Mend.Manual(
                  List.of("GRANT " + row.getString(1) + " TO " + row.getString(2) + ";")));
        }
      }
    }
  }

  private void lookAtReading(TableName table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READING)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return;
        }
        String role = row.getString(3);
        if (!row.getBoolean(1)) {
          add(
              table,
              "cannot be read by role " + role + ".",
              new Mend.Manual(
                  List.of(
                      "GRANT USAGE ON SCHEMA " + row.getString(4) + " TO " + role + ";",
                      "GRANT SELECT ON " + table.sql() + " TO " + role + ";")));
        } else if (row.getBoolean(2)) {
          add(
              table,
              "has row security, which would hide rows from role " + role + ".",
              new Mend.Manual(List.of("ALTER ROLE " + role + " BYPASSRLS;")));
        }
      }
    }
  }

  private void lookAtFilter(TableName table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FILTERED)) {
      statement.setString(1, name);
      statement.setString(2, table.schema());
      statement.setString(3, table.name());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next() && (row.getBoolean(1) || row.getBoolean(2))) {
          add(
              table,
              "is published with "
                  + (row.getBoolean(2) ? "a row filter" : "some of its columns")
                  + ", so that changes are missing from the log.",
              operations == null
                  ? new Mend.Publication(List.of(alter() + " DROP TABLE " + table.sql() + ";"))
                  : operations);
        }
      }
    }
  }

  private void add(TableName table, String what, Mend mend) {
    problems.add(new Problem("table " + table, what, null, mend));
  }
}
