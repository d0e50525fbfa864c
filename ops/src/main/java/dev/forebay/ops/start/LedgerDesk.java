package dev.forebay.ops.start;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.ops.config.KeySettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The ledger of an instance as a person asks it, whether a worker runs or not. For one thread. */
public final class LedgerDesk implements AutoCloseable {

  private static final Set<String> MISSING = Set.of("42P01", "42703", "3F000");

  private final KeySettings settings;
  private final HikariDataSource pool;
  private final Ledger ledger;

  /**
   * Connects; the caller closes.
   *
   * @throws InvalidSetupException if the database cannot be reached
   */
  public LedgerDesk(KeySettings settings) throws SQLException {
    this.settings = settings;
    Database database = new Database(settings.database());
    try (Connection connection = database.connect()) {
      connection.isValid(1);
    }
    this.pool = database.single("forebay-desk");
    this.ledger = Ledger.open(pool, settings.instance());
  }

  /**
   * Asks or tells the ledger something.
   *
   * @throws InvalidSetupException where there is no ledger yet
   */
  public <T> T ask(Function<Ledger, T> question) {
    try {
      return question.apply(ledger);
    } catch (LedgerException e) {
      throw explained(e);
    }
  }

  private RuntimeException explained(LedgerException e) {
    boolean missing =
        e.getCause() instanceof SQLException cause && MISSING.contains(cause.getSQLState());
    return missing
        ? new InvalidSetupException(
            List.of(
                new Problem(
                    "database",
                    "schema " + settings.instance().databaseName() + " holds no ledger.",
                    "Start forebay sync once, or set FOREBAY_INSTANCE.")))
        : e;
  }

  @Override
  public void close() {
    pool.close();
  }
}
