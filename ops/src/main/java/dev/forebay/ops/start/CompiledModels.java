package dev.forebay.ops.start;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.model.compile.ModelCompiler;
import dev.forebay.ops.config.ModelsSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

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

  /**
   * Compiles what fits the database, see {@link ReadModels#stopped()}.
   *
   * @param connection outside any transaction; left as it was found
   * @throws InvalidSetupException for what concerns all models
   */
  public static ReadModels fitting(ModelsSettings settings, Connection connection)
      throws SQLException {
    return ModelCompiler.examine(settings.models(), connection).models();
  }

  /**
   * Compiles the file, for a verb that reads the tables too.
   *
   * @param connection outside any transaction; left as it was found
   * @throws InvalidSetupException with all that is wrong with the file, or with every table whose
   *     rows this role cannot read
   */
  public static ReadModels readable(ModelsSettings settings, Connection connection)
      throws SQLException {
    ReadModels models = ModelCompiler.compile(settings.models(), connection);
    List<Problem> problems = TableChecks.reading(connection, settings.instance(), models);
    if (!problems.isEmpty()) {
      throw new InvalidSetupException(problems);
    }
    return models;
  }
}
