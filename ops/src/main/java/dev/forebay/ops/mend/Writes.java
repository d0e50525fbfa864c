package dev.forebay.ops.mend;

import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The user's own writes of a table, of no row. PostgreSQL refuses what replica identity and
 * publications forbid when it prepares to run them; so EXPLAIN is enough, and no trigger fires.
 */
final class Writes {

  /** A column that is set to itself; one GENERATED ALWAYS AS IDENTITY can only be its default. */
  private static final String COLUMN =
      """
      select quote_ident(attname), attidentity = 'a' from pg_attribute
      where attrelid = ?::regclass and attnum > 0 and not attisdropped and attgenerated = ''
      order by attidentity = 'a', attnum limit 1\
      """;

  private Writes() {}

  /** Returns both, for a table that exists. */
  static List<String> of(Connection connection, TableName table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(COLUMN)) {
      statement.setString(1, table.sql());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        String column = row.getString(1);
        String value = row.getBoolean(2) ? "DEFAULT" : column;
        return List.of(
            "EXPLAIN UPDATE " + table.sql() + " SET " + column + " = " + value + " WHERE false;",
            "EXPLAIN DELETE FROM " + table.sql() + " WHERE false;");
      }
    }
  }
}
