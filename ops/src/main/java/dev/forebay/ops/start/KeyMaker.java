package dev.forebay.ops.start;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.api.auth.ApiKeys;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.ops.config.KeySettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/** Makes API keys without a running API. */
public final class KeyMaker {

  private final KeySettings settings;

  /**
   * @param settings where keys are kept
   */
  public KeyMaker(KeySettings settings) {
    this.settings = settings;
  }

  /**
   * Makes a key.
   *
   * @param name whose it is
   * @param replace whether every other key of that name is revoked
   * @return the key, which is stored nowhere
   * @throws InvalidSetupException if the database cannot be reached or prepared
   */
  public String make(String name, Set<String> roles, boolean replace) throws SQLException {
    Database database = new Database(settings.database());
    try (Connection connection = database.connect()) {
      connection.isValid(1);
    }
    try (HikariDataSource pool = database.pool("forebay-key")) {
      Schema.migrate(pool, settings.instance());
      ApiKeys keys = new ApiKeys(pool, settings.instance());
      return replace ? keys.replace(name, roles) : keys.create(name, roles);
    }
  }
}
