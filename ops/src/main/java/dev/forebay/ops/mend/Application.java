package dev.forebay.ops.mend;

import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs fixes. One that fails leaves no trace, or says which. */
public final class Application {

  /** An index waits for the transactions that write its table; nobody waits for it. */
  private static final Duration INDEX_PATIENCE = Duration.ofSeconds(60);

  private static final String IS_VALID =
      "select indisvalid from pg_index where indexrelid = to_regclass(?)";

  private final Connection connection;
  private final Consumer<String> tell;
  private final Duration patience;

  /**
   * @param connection outside any transaction, of a role that owns the tables
   * @param tell takes lines for people
   */
  public Application(Connection connection, Consumer<String> tell) {
    this(connection, tell, INDEX_PATIENCE);
  }

  Application(Connection connection, Consumer<String> tell, Duration patience) {
    this.connection = connection;
    this.patience = patience;
    this.tell = line -> tell.accept(FixScript.oneLine(line));
  }

  /**
   * Runs what may be run, one fix after the other, whatever becomes of those before.
   *
   * @throws SQLException if the connection is lost; look at the set-up again
   */
  public void apply(List<Fix> fixes) throws SQLException {
    for (Fix fix : fixes) {
      if (fix.steps().isEmpty()) {
        tell.accept("left: " + fix.problem().where() + ": " + String.join(" ", fix.notes()));
      } else {
        apply(fix);
      }
    }
  }

  private void apply(Fix fix) throws SQLException {
    TableName made = null;
    for (Step step : fix.steps()) {
      String failure =
          switch (step) {
            case Step.ByHand byHand -> {
              tell.accept("left to you: " + byHand.sql());
              yield null;
            }
            case Step.Alone alone -> {
              boolean there = alone.index() != null && isValid(alone.index()) != null;
              String failed = run(alone);
              made = there ? null : alone.index();
              yield failed;
            }
            case Step.Together together -> run(together, made);
          };
      if (failure != null) {
        tell.accept("failed: " + fix.problem().where() + ": " + failure);
        return;
      }
    }
  }

  private @Nullable String run(Step.Alone alone) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set lock_timeout = " + patience.toMillis());
      try {
        dropIfInvalid(alone.index());
        statement.execute(alone.sql());
        tell.accept("done: " + alone.sql());
        return null;
      } catch (SQLException e) {
        return words(e, patience) + forget(alone.index());
      } finally {
        statement.execute("reset lock_timeout");
      }
    }
  }

  private @Nullable String run(Step.Together together, @Nullable TableName made)
      throws SQLException {
    SQLException failure = commit(together);
    if (failure == null) {
      together.sql().forEach(sql -> tell.accept("done: " + sql));
      return null;
    }
    String words = words(failure, FixScript.LOCK_PATIENCE);
    return made == null ? words : words + afterwards(failure, made);
  }

  /** Returns why nothing was committed; null if all was. */
  private @Nullable SQLException commit(Step.Together together) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(FixScript.LOCK_TIMEOUT);
      for (String sql : together.sql()) {
        statement.execute(sql);
      }
      for (String write : together.writes()) {
        statement.execute(write);
      }
      connection.commit();
      return null;
    } catch (SQLException e) {
      connection.rollback();
      return e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private static String words(SQLException e, Duration waited) throws SQLException {
    String words = Refusal.words(e);
    return Refusal.isBusy(e)
        ? "another transaction has used the table for more than "
            + waited.toSeconds()
            + " s, so it was not done. End that one, or try again when the table is quiet."
            + " PostgreSQL says: "
            + words
        : "it was not done. PostgreSQL says: " + words;
  }

  /** An index that the next attempt needs may stay; one that will never serve must not. */
  private String afterwards(SQLException e, TableName made) throws SQLException {
    if (Refusal.isBusy(e)) {
      return " The index " + made + " is there already; the next attempt uses it.";
    }
    try {
      drop(made);
      return "";
    } catch (SQLException dropping) {
      return " The index " + made + " is left: " + Refusal.words(dropping);
    }
  }

  private String forget(@Nullable TableName index) throws SQLException {
    try {
      dropIfInvalid(index);
      return "";
    } catch (SQLException e) {
      return " An invalid index is left; the next attempt drops it: " + index;
    }
  }

  private void dropIfInvalid(@Nullable TableName index) throws SQLException {
    if (index != null && Boolean.FALSE.equals(isValid(index))) {
      drop(index);
    }
  }

  private void drop(TableName index) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("drop index concurrently if exists " + index.sql());
    }
  }

  private @Nullable Boolean isValid(TableName index) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(IS_VALID)) {
      statement.setString(1, index.sql());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getBoolean(1) : null;
      }
    }
  }
}
