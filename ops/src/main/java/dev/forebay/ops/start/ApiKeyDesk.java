package dev.forebay.ops.start;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.auth.ApiKeys;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.ops.config.KeySettings;
import java.sql.Connection;
import java.sql.SQLException;

/** The API keys as a person makes and revokes them, whether an API runs or not. For one thread. */
public final class ApiKeyDesk implements AutoCloseable {

  private final HikariDataSource pool;
  private final ApiKeys keys;

  /**
   * Connects, and prepares the ledger's tables if nobody has; the caller closes.
   *
   * @param settings where keys are kept
   * @throws InvalidSetupException if the database cannot be reached or prepared
   */
  public ApiKeyDesk(KeySettings settings) throws SQLException {
    Database database = new Database(settings.database());
    try (Connection connection = database.connect()) {
      connection.isValid(1);
    }
    this.pool = database.pool("forebay-keys");
    try {
      Schema.migrate(pool, settings.instance());
    } catch (InvalidSetupException e) {
      pool.close();
      throw e;
    }
    this.keys = new ApiKeys(pool, settings.instance());
  }

  /** The keys. */
  public ApiKeys keys() {
    return keys;
  }

  @Override
  public void close() {
    pool.close();
  }
}
