package dev.forebay.ops.start;

import dev.forebay.model.Instance;
import dev.forebay.model.Problem;
import java.sql.Connection;
import java.sql.PreparedStatement;
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

  /** Since PostgreSQL 17 a slot can be kept on standbys. */
  private static final int FAILOVER_SINCE = 17;

  /** A standby that streams without a slot cannot be told from a backup. */
  private static final String FAILOVER =
      """
      select 1
      where (current_setting('synchronized_standby_slots') <> ''
             or exists (select from pg_replication_slots where slot_type = 'physical'))
        and not exists (select from pg_replication_slots where slot_name = ? and failover)\
      """;

  private SlotRisks() {}

  static List<Problem> of(Connection connection, Instance instance) throws SQLException {
    List<Problem> risks = new ArrayList<>();
    if (connection.getMetaData().getDatabaseMajorVersion() >= FAILOVER_SINCE) {
      lookAtFailover(connection, instance.databaseName(), risks);
    }
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

  private static void lookAtFailover(Connection connection, String slot, List<Problem> risks)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FAILOVER)) {
      statement.setString(1, slot);
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          risks.add(
              new Problem(
                  "database",
                  "there are standbys, but slot "
                      + slot
                      + " is not kept on them: after a failover every model is resynced.",
                  "Accept that, or stop forebay sync, run ALTER_REPLICATION_SLOT "
                      + slot
                      + " (FAILOVER true) on a replication connection, set sync_replication_slots"
                      + " and hot_standby_feedback on the standby, and name its slot in"
                      + " synchronized_standby_slots."));
        }
      }
    }
  }
}
