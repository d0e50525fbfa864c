package dev.forebay.model.statistics;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks PostgreSQL's planner how many keys an affected statement would give for one row. */
public final class FanOutEstimate {

  private static final Pattern ROWS = Pattern.compile("rows=([0-9]+)");

  private FanOutEstimate() {}

  /**
   * Returns the planner's estimate.
   *
   * @param sql as {@link dev.forebay.model.sql.AffectedSql} makes it; it is not executed
   * @param columns how many text arrays it takes
   */
  public static long documents(Connection connection, String sql, int columns) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("explain " + sql)) {
      statement.setArray(1, connection.createArrayOf("int4", new Object[] {0}));
      for (int i = 0; i < columns; i++) {
        statement.setArray(i + 2, connection.createArrayOf("text", new Object[] {null}));
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        Matcher matcher = ROWS.matcher(row.getString(1));
        if (!matcher.find()) {
          throw new SQLException("the planner gave no estimate: " + row.getString(1));
        }
        return Long.parseLong(matcher.group(1));
      }
    }
  }
}
