package dev.forebay.ops.start;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.ledger.DeadLetter;
import dev.forebay.ledger.DeadLetters;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.ops.config.KeySettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of an instance, whether a worker runs or not. For one thread.
 *
 * <p>Every method throws {@link InvalidSetupException} where there is no ledger yet.
 */
public final class DeadLetterDesk implements AutoCloseable {

  private static final Set<String> MISSING = Set.of("42P01", "42703", "3F000");

  private final KeySettings settings;
  private final HikariDataSource pool;
  private final DeadLetters letters;

  /**
   * Connects; the caller closes.
   *
   * @throws InvalidSetupException if the database cannot be reached
   */
  public DeadLetterDesk(KeySettings settings) throws SQLException {
    this.settings = settings;
    Database database = new Database(settings.database());
    try (Connection connection = database.connect()) {
      connection.isValid(1);
    }
    this.pool = database.single("forebay-dead");
    this.letters = Ledger.open(pool, settings.instance()).deadLetters();
  }

  /**
   * Lists dead letters by key.
   *
   * @param model whose; null for all
   */
  public List<DeadLetter> list(@Nullable String model) {
    try {
      return letters.list(model);
    } catch (LedgerException e) {
      throw explained(e);
    }
  }

  /**
   * Asks the leader, or the next one, to try keys again.
   *
   * @return those that are dead letters
   */
  public List<String> retry(Collection<String> kvKeys) {
    return ask(() -> letters.requestRetry(kvKeys));
  }

  /**
   * Forgets dead letters.
   *
   * @return those that were
   */
  public List<String> drop(Collection<String> kvKeys) {
    return ask(() -> letters.drop(kvKeys));
  }

  private List<String> ask(Supplier<List<String>> question) {
    try {
      return question.get();
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
