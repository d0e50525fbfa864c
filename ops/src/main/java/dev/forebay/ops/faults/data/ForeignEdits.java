package dev.forebay.ops.faults.data;

import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Changes that fit any table: a column takes the value that another row has in it, and a row is
 * deleted and put back. What constraints forbid is rolled back.
 */
final class ForeignEdits implements DataSet.Edits {

  /** Columns that may be set, with those of the primary key last. */
  private static final String COLUMNS =
      """
      select quote_ident(a.attname)
      from pg_attribute a
      where a.attrelid = ?::regclass and a.attnum > 0 and not a.attisdropped
        and a.attgenerated = '' and a.attidentity <> 'a'
        and not exists (select from pg_index i where i.indrelid = a.attrelid and i.indisprimary
                        and a.attnum = any(i.indkey))
      order by a.attnum\
      """;

  /** Whether rows of other tables go when one of this is deleted: they would not come back. */
  private static final String CASCADES =
      """
      select exists (select from pg_constraint
                     where contype = 'f' and confrelid = ?::regclass and confdeltype = 'c')::text\
      """;

  private final Connection connection;
  private final List<TableName> tables;
  private final Random random;
  private final Map<TableName, List<String>> columns = new HashMap<>();

  ForeignEdits(Connection connection, List<TableName> tables, Random random) throws SQLException {
    this.connection = connection;
    this.tables = tables;
    this.random = random;
    connection.setAutoCommit(false);
  }

  @Override
  public boolean make() throws SQLException {
    try {
      boolean rolledBack = random.nextInt(10) == 0;
      int done = 0;
      for (int i = random.nextInt(3); i >= 0; i--) {
        Savepoint before = connection.setSavepoint();
        try {
          done += change();
        } catch (SQLException e) {
          if (!String.valueOf(e.getSQLState()).startsWith("23")) {
            throw e;
          }
          connection.rollback(before);
        }
      }
      if (rolledBack || done == 0) {
        connection.rollback();
        return false;
      }
      connection.commit();
      return true;
    } catch (SQLException e) {
      try {
        connection.rollback();
      } catch (SQLException closed) {
        e.addSuppressed(closed);
      }
      throw e;
    }
  }

  private int change() throws SQLException {
    TableName table = tables.get(random.nextInt(tables.size()));
    String row = randomRow(table);
    if (row.isEmpty()) {
      return 0;
    }
    boolean delete = random.nextInt(6) == 0 && list(CASCADES, table).equals(List.of("false"));
    return delete ? deleteAndReturn(table, row) : copyValue(table, row);
  }

  private int copyValue(TableName table, String row) throws SQLException {
    List<String> settable = columns(table);
    if (settable.isEmpty()) {
      return 0;
    }
    String column = settable.get(random.nextInt(settable.size()));
    String other = randomRow(table);
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(
          "update %s set %s = (select %s from %s where ctid = '%s') where ctid = '%s'"
              .formatted(table.sql(), column, column, table.sql(), other, row));
    }
  }

  private int deleteAndReturn(TableName table, String row) throws SQLException {
    String names =
        "select quote_ident(attname) from pg_attribute where attrelid = ?::regclass"
            + " and attnum > 0 and not attisdropped and attgenerated = '' order by attnum";
    String list = String.join(", ", list(names, table));
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create temporary table kept on commit drop as select %s from %s where ctid = '%s'"
              .formatted(list, table.sql(), row));
      int deleted =
          statement.executeUpdate("delete from %s where ctid = '%s'".formatted(table.sql(), row));
      statement.execute(
          "insert into %s (%s) overriding system value select %s from kept"
              .formatted(table.sql(), list, list));
      statement.execute("drop table kept");
      return deleted;
    }
  }

  private List<String> columns(TableName table) throws SQLException {
    List<String> known = columns.get(table);
    if (known == null) {
      known = list(COLUMNS, table);
      columns.put(table, known);
    }
    return known;
  }

  private List<String> list(String sql, TableName table) throws SQLException {
    List<String> into = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, table.sql());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          into.add(row.getString(1));
        }
      }
    }
    return into;
  }

  /** Where a random row lies; empty if the table is. Good within this transaction alone. */
  private String randomRow(TableName table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select ctid from (select ctid from %s limit 5000) picked order by random() limit 1"
                    .formatted(table.sql()))) {
      return row.next() ? row.getString(1) : "";
    }
  }
}
