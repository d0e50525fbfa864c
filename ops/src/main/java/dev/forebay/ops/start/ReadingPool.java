package dev.forebay.ops.start;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.ops.config.DatabaseConfig;
import java.sql.Connection;
import java.sql.SQLException;

/** Connections for a verb that only reads. */
public final class ReadingPool {

  private static final int CONNECTIONS = 2;

  private ReadingPool() {}

  /**
   * Opens a pool of two connections; the caller closes it.
   *
   * @param name of the application, for {@code pg_stat_activity}
   * @throws InvalidSetupException if the database cannot be reached
   */
  public static HikariDataSource open(DatabaseConfig config, String name) throws SQLException {
    Database database = new Database(config.withPool(CONNECTIONS));
    try (Connection connection = database.connect()) {
      connection.isValid(1);
    }
    return database.pool(name);
  }
}
