package dev.forebay.model.compile;

import dev.forebay.model.Affected;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One path from a table to the documents of one model.
 *
 * @param columns of the changed row, that lead to the next step; empty in a singleton
 * @param sql null in a singleton, of which every row concerns the one document
 * @param names whether {@code columns} are the document's key, so that no other row is passed
 */
record Route(
    CompiledModel model,
    TableName table,
    List<String> columns,
    @Nullable String sql,
    boolean names) {

  /** Rows that come over the network at a time; a wide fan-out must not be held as a whole. */
  private static final int FETCH = 2_000;

  /** Returns false if {@code goOn} did. */
  boolean follow(Connection connection, Images images, Predicate<Affected> goOn)
      throws SQLException {
    if (sql == null) {
      DocumentKey only = model.key(List.of());
      return images.distinctChanges().stream()
          .allMatch(change -> goOn.test(new Affected(change, only)));
    }
    if (images.rows().isEmpty()) {
      return true;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(FETCH);
      statement.setArray(1, connection.createArrayOf("int4", images.changes()));
      for (int i = 0; i < columns.size(); i++) {
        statement.setArray(i + 2, connection.createArrayOf("text", images.values(i)));
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          if (!goOn.test(new Affected(row.getInt(1), model.key(model.values(row, 2))))) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
