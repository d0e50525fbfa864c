package dev.forebay.api.auth;

import dev.forebay.model.Instance;
import dev.forebay.model.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The SQL of table {@code api_key}. Every method runs on the connection it is given. */
final class KeyTable {

  /** As the unique index has it. */
  private static final String ID = "coalesce(id, left(hash, 12))";

  private static final String LIVE =
      "revoked_at is null and (expires_at is null or expires_at > clock_timestamp())";

  private final String table;

  KeyTable(Instance instance) {
    this.table = new TableName(instance.databaseName(), "api_key").sql();
  }

  /**
   * A live key as it is looked up.
   *
   * @param used whether its last use is noted to the hour
   */
  record Row(String hash, String name, Set<String> roles, boolean used) {}

  Optional<Row> find(Connection connection, String id) throws SQLException {
    String sql =
        "select hash, name, roles,"
            + " coalesce(last_used_at > clock_timestamp() - interval '1 hour', false) from "
            + (table + " where " + ID + " = ? and " + LIVE);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new Row(
                    row.getString(1),
                    row.getString(2),
                    Set.copyOf(strings(row.getArray(3))),
                    row.getBoolean(4)))
            : Optional.empty();
      }
    }
  }

  /** Notes that a key is used now, unless another process has done so within the hour. */
  void use(Connection connection, String id) throws SQLException {
    String sql =
        "update "
            + (table + " set last_used_at = clock_timestamp() where " + ID + " = ?")
            + " and (last_used_at > clock_timestamp() - interval '1 hour') is not true";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, id);
      statement.executeUpdate();
    }
  }

  /** Stores a key; one that is there already becomes what is granted here. */
  void store(Connection connection, ApiKey key, KeyGrant grant) throws SQLException {
    String sql =
        "insert into "
            + (table + " (id, hash, name, roles, created_at, expires_at)")
            + " values (?, ?, ?, ?, clock_timestamp(), clock_timestamp() + make_interval(secs => ?))"
            + " on conflict (hash) do update set name = excluded.name, roles = excluded.roles,"
            + " expires_at = excluded.expires_at, revoked_at = null";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, key.id());
      statement.setString(2, key.hash());
      statement.setString(3, grant.name());
      statement.setArray(4, array(connection, grant.roles().stream().sorted().toList()));
      Duration lifetime = grant.lifetime();
      statement.setObject(5, lifetime == null ? null : (double) lifetime.toSeconds());
      statement.executeUpdate();
    }
  }

  /** Makes others who change the keys of this name wait until the transaction ends. */
  void lock(Connection connection, String name) throws SQLException {
    String sql = "select pg_advisory_xact_lock(hashtextextended(?, 0))";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table + " " + name);
      statement.execute();
    }
  }

  /**
   * Revokes the live keys of a name but its newest.
   *
   * @param kept how many of those stay
   * @return the ids of the revoked ones
   */
  List<String> revokeByName(Connection connection, String name, int kept) throws SQLException {
    String sql =
        "update "
            + (table + " set revoked_at = clock_timestamp() where hash in (select hash from ")
            + (table + " where name = ? and " + LIVE)
            + " order by created_at desc, hash offset ? for update) and revoked_at is null returning "
            + ID;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      statement.setInt(2, kept);
      return ids(statement);
    }
  }

  /** Revokes these keys; returns the ids of those that were not revoked before. */
  List<String> revoke(Connection connection, Collection<String> ids) throws SQLException {
    String sql =
        "update "
            + (table + " set revoked_at = clock_timestamp() where " + ID + " = any (?)")
            + " and revoked_at is null returning "
            + ID;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, array(connection, ids));
      return ids(statement);
    }
  }

  /** Lists all there are or were, by name, the newest first. */
  List<KeyEntry> list(Connection connection) throws SQLException {
    String sql =
        "select "
            + ID
            + ", name, roles, created_at, expires_at, revoked_at, last_used_at, case when revoked_at"
            + " is not null then 'REVOKED' when "
            + LIVE
            + " then 'LIVE' else 'EXPIRED' end from "
            + (table + " order by name collate \"C\", created_at desc, hash");
    List<KeyEntry> entries = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        entries.add(
            new KeyEntry(
                row.getString(1),
                row.getString(2),
                strings(row.getArray(3)),
                row.getObject(4, OffsetDateTime.class).toInstant(),
                instant(row, 5),
                instant(row, 6),
                instant(row, 7),
                KeyEntry.State.valueOf(row.getString(8))));
      }
    }
    return entries;
  }

  private static List<String> ids(PreparedStatement statement) throws SQLException {
    List<String> ids = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        ids.add(row.getString(1));
      }
    }
    return ids;
  }

  private static @Nullable Instant instant(ResultSet row, int column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static List<String> strings(Array array) throws SQLException {
    return Arrays.asList((String[]) array.getArray());
  }

  private static Array array(Connection connection, Collection<String> texts) throws SQLException {
    return connection.createArrayOf("text", texts.toArray());
  }
}
