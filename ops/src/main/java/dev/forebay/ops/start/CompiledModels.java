package dev.forebay.ops.start;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.ReadModels;
import dev.forebay.model.compile.ModelCompiler;
import dev.forebay.ops.config.ModelsSettings;
import java.sql.Connection;
import java.sql.SQLException;

/** The read models of a file, for verbs that start nothing. */
public final class CompiledModels {

  private CompiledModels() {}

  /**
   * Compiles the file against the database, of which it changes nothing.
   *
   * @throws InvalidSetupException if the database cannot be reached, or with all that is wrong with
   *     the file
   */
  public static ReadModels of(ModelsSettings settings) throws SQLException {
    try (Connection connection = new Database(settings.database()).connect()) {
      return ModelCompiler.compile(settings.models(), connection);
    }
  }
}
