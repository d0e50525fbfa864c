package dev.forebay.ops.start;

import dev.forebay.model.Problem;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** Whether the server has room for the worker's connections beside everybody else's. */
final class ConnectionRoom {

  /** What the engine opens beside the pool. */
  private static final int ENGINE = 2;

  /** The role's own are not counted: they may be those of the worker that this one replaces. */
  private static final String ROOM =
      """
      select current_setting('max_connections')::int
             - current_setting('superuser_reserved_connections')::int
             - coalesce(current_setting('reserved_connections', true)::int, 0)
             - (select count(*) from pg_stat_activity
                where datid is not null and usename is distinct from current_user)::int\
      """;

  private ConnectionRoom() {}

  static Optional<Problem> of(Connection connection, int poolSize) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(ROOM)) {
      row.next();
      int room = row.getInt(1);
      return room >= poolSize + ENGINE
          ? Optional.empty()
          : Optional.of(
              new Problem(
                  "FOREBAY_DATABASE_POOL",
                  "forebay sync opens up to "
                      + (poolSize + ENGINE)
                      + " connections, and the server has "
                      + Math.max(0, room)
                      + " left for it.",
                  "Lower it, or raise max_connections."));
    }
  }
}
