package dev.forebay.ops.mend;

import dev.forebay.model.Mend;
import dev.forebay.model.TableName;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether the user's UPDATE and DELETE of a table go on with another replica identity or
 * publication. Tried on an empty copy, published as the table is, in a transaction that is rolled
 * back: the table itself is only read, and nobody waits for it.
 */
final class Proof {

  /** As CREATE INDEX wants them, or null where the identity is no index. */
  private static final String IDENTITY =
      """
      select c.relreplident,
             (select array_agg(a.attname::text order by k.n)
              from pg_index x, unnest(x.indkey::int2[]) with ordinality k(attnum, n),
                   pg_attribute a
              where x.indrelid = c.oid and x.indisreplident and k.n <= x.indnkeyatts
                and a.attrelid = c.oid and a.attnum = k.attnum)
      from pg_class c where c.oid = ?::regclass\
      """;

  private static final String SETTINGS =
      """
      set local lock_timeout = '2s';
      set local search_path = pg_catalog;
      set local client_min_messages = error\
      """;

  private final Connection connection;
  private final String ours;
  private final int version;

  /**
   * @param connection outside any transaction
   * @param ours the name of our publication
   */
  Proof(Connection connection, String ours) throws SQLException {
    this.connection = connection;
    this.ours = ours;
    this.version = connection.getMetaData().getDatabaseMajorVersion();
  }

  /**
   * Returns why it would break writes; empty if it does not.
   *
   * @param way null to keep the identity that each table has
   * @param stored whether our publication publishes stored generated columns
   */
  Optional<String> refusal(List<TableName> tables, Mend.@Nullable Way way, boolean stored)
      throws SQLException {
    for (TableName table : tables) {
      Optional<String> refusal = refusal(table, way, stored);
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private Optional<String> refusal(TableName table, Mend.@Nullable Way way, boolean stored)
      throws SQLException {
    byte[] nonce = new byte[8];
    new SecureRandom().nextBytes(nonce);
    String schema = "forebay_proof_" + HexFormat.of().formatHex(nonce);
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(SETTINGS);
      TableName copy = new TableName(schema, table.name());
      statement.execute("create schema " + TableName.quote(schema));
      statement.execute("create table " + copy.sql() + " (like " + table.sql() + " including all)");
      publish(statement, table, copy, stored);
      for (String sql : way == null ? current(table, copy) : identity(way, copy)) {
        statement.execute(sql);
      }
      for (String write : Writes.of(connection, copy)) {
        statement.execute(write);
      }
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(Refusal.words(e));
    } finally {
      connection.rollback();
      connection.setAutoCommit(autoCommit);
    }
  }

  private void publish(Statement statement, TableName table, TableName copy, boolean stored)
      throws SQLException {
    List<Published> all = new ArrayList<>(Published.of(connection, table));
    all.removeIf(published -> published.publication().equals(ours));
    all.add(Published.ours(ours, stored));
    for (int i = 0; i < all.size(); i++) {
      statement.execute(all.get(i).create(copy.schema() + "_" + i, copy, version));
    }
  }

  private static List<String> identity(Mend.Way way, TableName copy) {
    return switch (way) {
      case Mend.Existing existing -> byIndex(existing.columns(), copy);
      case Mend.Made made -> byIndex(made.columns(), copy);
      case Mend.Full ignored -> List.of("alter table " + copy.sql() + " replica identity full");
    };
  }

  private static List<String> byIndex(List<String> columns, TableName copy) {
    String index = TableName.quote(copy.schema() + "_identity");
    return List.of(
        "create unique index "
            + index
            + " on "
            + copy.sql()
            + columns.stream().map(TableName::quote).collect(Collectors.joining(", ", " (", ")")),
        "alter table " + copy.sql() + " replica identity using index " + index);
  }

  private List<String> current(TableName table, TableName copy) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(IDENTITY)) {
      statement.setString(1, table.sql());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return switch (row.getString(1)) {
          case "f" -> identity(new Mend.Full(), copy);
          case "i" -> byIndex(List.of((String[]) row.getArray(2).getArray()), copy);
          case "n" -> List.of("alter table " + copy.sql() + " replica identity nothing");
          default -> List.of();
        };
      }
    }
  }
}
