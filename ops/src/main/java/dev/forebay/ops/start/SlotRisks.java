package dev.forebay.ops.start;

import dev.forebay.model.Problem;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings under which PostgreSQL may give up the replication slot. Nothing is lost when it does,
 * but every model is resynced; so they are warnings. Looks only; changes nothing.
 */
final class SlotRisks {

  /** The second exists since PostgreSQL 18. */
  private static final String SETTINGS =
      """
      select name, current_setting(name) from pg_settings
      where (name = 'max_slot_wal_keep_size' and setting <> '-1')
         or (name = 'idle_replication_slot_timeout' and setting <> '0')
      order by name\
      """;

  private SlotRisks() {}

  static List<Problem> of(Connection connection) throws SQLException {
    List<Problem> risks = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SETTINGS)) {
      while (row.next()) {
        boolean idle = row.getString(1).startsWith("idle");
        risks.add(
            new Problem(
                "database",
                row.getString(1)
                    + " is "
                    + row.getString(2)
                    + ": a worker that is away longer than that"
                    + (idle ? "" : " much log")
                    + " loses its slot, and every model is resynced.",
                "Make it larger than the longest outage you plan for."));
      }
    }
    return risks;
  }
}
