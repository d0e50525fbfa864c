package dev.forebay.ops.start;

import dev.forebay.model.Instance;
import dev.forebay.model.Mend;
import dev.forebay.model.Problem;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a database lets the sync worker read its log. Looks only; changes nothing. For one
 * thread, on a connection that is not its own.
 */
final class Preflight {

  private static final String SERVER =
      """
      select current_setting('wal_level'),
             pg_is_in_recovery(),
             current_user,
             (select rolsuper or rolreplication from pg_roles where rolname = current_user)
               or exists (select from pg_roles
                          where rolname = 'rds_replication'
                            and pg_has_role(current_user, oid, 'usage')),
             current_setting('max_replication_slots')::int,
             (select count(*) from pg_replication_slots)::int,
             current_database(),
             has_database_privilege(current_database(), 'create'),
             current_setting('max_wal_senders')::int,
             (select count(*) from pg_stat_replication
              where pid is distinct from (select active_pid from pg_replication_slots
                                          where slot_name = ?))::int\
      """;

  private static final String SLOT_DATABASE =
      "select database from pg_replication_slots where slot_name = ?";

  private static final String EXISTING =
      """
      select exists (select from pg_namespace where nspname = ?)
         and exists (select from pg_publication where pubname = ?)\
      """;

  private final Connection connection;
  private final String name;
  private final List<Problem> problems = new ArrayList<>();

  private Preflight(Connection connection, Instance instance) {
    this.connection = connection;
    this.name = instance.databaseName();
  }

  /** Returns what stands against replicating from this server at all. */
  static List<Problem> server(Connection connection, Instance instance) throws SQLException {
    Preflight preflight = new Preflight(connection, instance);
    preflight.lookAtServer();
    return preflight.problems;
  }

  private void lookAtServer() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SERVER)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        lookAt(row);
      }
    }
  }

  private void lookAt(ResultSet row) throws SQLException {
    String walLevel = row.getString(1);
    if (!walLevel.equals("logical")) {
      add(
          "wal_level is " + walLevel + "; without logical decoding no change can be seen.",
          "Set wal_level = logical and restart PostgreSQL.",
          new Mend.Manual(
              List.of("ALTER SYSTEM SET wal_level = 'logical'; -- and restart PostgreSQL")));
    }
    if (row.getBoolean(2)) {
      add("this server is a standby.", "Let FOREBAY_DATABASE_URL name the primary.");
    }
    String role = row.getString(3);
    if (!row.getBoolean(4)) {
      add(
          "role " + role + " may not replicate.",
          null,
          new Mend.Manual(List.of("ALTER ROLE " + TableName.quote(role) + " REPLICATION;")));
    }
    lookAtSlots(row.getInt(5), row.getInt(6), row.getString(7));
    if (!row.getBoolean(8) && !exists()) {
      String database = row.getString(7);
      add(
          "role " + role + " may not create schema and publication " + name + ".",
          null,
          new Mend.Manual(
              List.of(
                  "GRANT CREATE ON DATABASE "
                      + TableName.quote(database)
                      + " TO "
                      + TableName.quote(role)
                      + ";")));
    }
    if (row.getInt(10) >= row.getInt(9)) {
      add(
          "all " + row.getInt(9) + " WAL senders are taken.",
          "End one that nobody uses, or raise max_wal_senders and restart PostgreSQL.");
    }
  }

  private void lookAtSlots(int most, int taken, String database) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SLOT_DATABASE)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          if (taken >= most) {
            add(
                "all " + most + " replication slots are taken.",
                "Drop one that nobody uses, or raise max_replication_slots and restart"
                    + " PostgreSQL.");
          }
        } else if (!database.equals(row.getString(1))) {
          add(
              "replication slot " + name + " belongs to database " + row.getString(1) + ".",
              "Give this Forebay a name of its own with FOREBAY_INSTANCE.");
        }
      }
    }
  }

  private boolean exists() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(EXISTING)) {
      statement.setString(1, name);
      statement.setString(2, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private void add(String what, String fix) {
    add(what, fix, null);
  }

  private void add(String what, @Nullable String fix, @Nullable Mend mend) {
    problems.add(new Problem("database", what, fix, mend));
  }
}
