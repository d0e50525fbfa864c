package dev.forebay.model.compile;

import dev.forebay.model.Affected;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One path from a table to the documents of one model.
 *
 * @param columns of the changed row, that lead to the next step; empty in a singleton
 * @param sql null in a singleton, of which every row concerns the one document
 */
record Route(CompiledModel model, TableName table, List<String> columns, @Nullable String sql) {

  void follow(Connection connection, Images images, Set<Affected> to) throws SQLException {
    if (sql == null) {
      for (int change : images.distinctChanges()) {
        to.add(new Affected(change, model.key(List.of())));
      }
      return;
    }
    if (images.rows().isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("int4", images.changes()));
      for (int i = 0; i < columns.size(); i++) {
        statement.setArray(i + 2, connection.createArrayOf("text", images.values(i)));
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          to.add(new Affected(row.getInt(1), model.key(model.values(row, 2))));
        }
      }
    }
  }
}
