package dev.forebay.worker.build;

import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The documents of one model in one snapshot. A statement fails as a whole, so when a row makes it
 * fail the keys are halved until the documents that cannot be built stand alone: they become dead
 * letters, the others flow. Confined to one thread.
 */
public final class ModelBuild {

  /**
   * Classes of SQLSTATE that blame the data, so that asking again gives the same answer: data
   * exceptions, program limits (a document beyond 1 GB), what functions of the user raise
   * (postgresql.org/docs/18/errcodes-appendix.html, looked at 2026-11).
   */
  private static final List<String> OF_THE_DATA = List.of("22", "54", "38", "39", "P0");

  private final Connection connection;
  private final ReadModel model;
  private final Map<String, @Nullable String> json = new HashMap<>();
  private final Map<String, String> faults = new HashMap<>();

  /**
   * @param connection of a snapshot session
   */
  public ModelBuild(Connection connection, ReadModel model) {
    this.connection = connection;
    this.model = model;
  }

  /** Builds as many of the keys as PostgreSQL can; throws if the reason is not in the data. */
  public void build(List<DocumentKey> keys) throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    Savepoint before = connection.setSavepoint();
    try {
      for (Document document : model.build(connection, keys)) {
        json.put(document.key().kvKey(), document.json());
      }
      connection.releaseSavepoint(before);
    } catch (SQLException e) {
      if (!isOfTheData(e)) {
        throw e;
      }
      connection.rollback(before);
      isolate(keys, e);
    }
  }

  private void isolate(List<DocumentKey> keys, SQLException e) throws SQLException {
    if (keys.size() == 1) {
      faults.put(keys.getFirst().kvKey(), describe(e));
      return;
    }
    int half = keys.size() / 2;
    build(keys.subList(0, half));
    build(keys.subList(half, keys.size()));
  }

  /** Canonical JSON; null if no root owns the key, or the document has a fault. */
  public @Nullable String json(DocumentKey key) {
    return json.get(key.kvKey());
  }

  /** Why the document cannot be built; null if it can. */
  public @Nullable String fault(DocumentKey key) {
    return faults.get(key.kvKey());
  }

  private static boolean isOfTheData(SQLException e) {
    String state = e.getSQLState();
    return state != null && OF_THE_DATA.stream().anyMatch(state::startsWith);
  }

  /** PostgreSQL's message may quote a value of the row; its state and routine never do. */
  private static String describe(SQLException e) {
    ServerErrorMessage message = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
    String routine = message == null ? null : message.getRoutine();
    return "PostgreSQL cannot build it: SQLSTATE "
        + e.getSQLState()
        + (routine == null ? "" : " in " + routine);
  }
}
