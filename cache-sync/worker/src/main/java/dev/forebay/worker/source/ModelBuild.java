package dev.forebay.worker.source;

import dev.forebay.model.Document;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * Characters of JSON that one build may hold: several builds run at the same time, and each text
   * is held once more as bytes while it is sent.
   */
  private static final long MAX_CHARACTERS = 8 * 1024 * 1024;

  private final Connection connection;
  private final ReadModel model;
  private final List<Content> built = new ArrayList<>();
  private long characters;

  /**
   * @param connection of a snapshot session
   */
  public ModelBuild(Connection connection, ReadModel model) {
    this.connection = connection;
    this.model = model;
  }

  /** What became of at least one of the keys; throws if the reason is not in the data. */
  public List<Content> build(List<DocumentKey> keys) throws SQLException {
    Savepoint before = connection.setSavepoint();
    try {
      List<Document> documents = model.build(connection, keys, MAX_CHARACTERS);
      connection.releaseSavepoint(before);
      for (Document one : documents) {
        built.add(new Content(one.key(), one.json(), null));
        characters += one.json() == null ? 0 : one.json().length();
      }
    } catch (SQLException e) {
      if (!isOfTheData(e)) {
        throw e;
      }
      connection.rollback(before);
      isolate(keys, e);
    }
    return built;
  }

  private void isolate(List<DocumentKey> keys, SQLException e) throws SQLException {
    if (keys.size() == 1) {
      built.add(new Content(keys.getFirst(), null, describe(e)));
      return;
    }
    int half = keys.size() / 2;
    build(keys.subList(0, half));
    if (characters < MAX_CHARACTERS) {
      build(keys.subList(half, keys.size()));
    }
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
