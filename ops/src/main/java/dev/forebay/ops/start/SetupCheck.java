package dev.forebay.ops.start;

import dev.forebay.model.FanOut;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.model.compile.ModelCompiler;
import dev.forebay.model.compile.ModelCompiler.Examined;
import dev.forebay.ops.config.ModelsSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that can be said of forebay.yaml and a database before anything is started. Looks only;
 * changes nothing.
 *
 * @param errors with which the worker does not start
 * @param warnings with which it does
 * @param models that fit the database; null where the file could not be compiled at all
 * @param paths how far a changed row reaches, for the models that could be resolved
 */
public record SetupCheck(
    List<Problem> errors, List<Problem> warnings, @Nullable ReadModels models, List<FanOut> paths) {

  public SetupCheck {
    errors = List.copyOf(errors);
    warnings = List.copyOf(warnings);
    paths = List.copyOf(paths);
  }

  /**
   * Looks at server, file and tables: at those of the models that can be resolved, if others
   * cannot.
   *
   * @throws InvalidSetupException if the database cannot be reached
   */
  public static SetupCheck of(ModelsSettings settings) throws SQLException {
    return of(settings, false);
  }

  /**
   * Looks at the same for a worker that starts: what has fitted once and does not fit any more is
   * no error, see {@link ReadModels#stopped()}.
   *
   * @throws InvalidSetupException if the database cannot be reached
   */
  static SetupCheck ofStart(ModelsSettings settings) throws SQLException {
    return of(settings, true);
  }

  private static SetupCheck of(ModelsSettings settings, boolean starts) throws SQLException {
    Instance instance = settings.instance();
    Database database = new Database(settings.database());
    Optional<Problem> pooler = PoolerCheck.transactions(database);
    if (pooler.isPresent()) {
      // Through it nothing else that PostgreSQL says would be sure.
      return new SetupCheck(List.of(pooler.get()), List.of(), null, List.of());
    }
    try (Connection connection = database.connect()) {
      List<Problem> errors = new ArrayList<>(Preflight.server(connection, instance));
      if (errors.isEmpty()) {
        PoolerCheck.replication(database, connection).ifPresent(errors::add);
      }
      List<Problem> warnings = new ArrayList<>(SlotRisks.of(connection, instance));
      ConnectionRoom.of(connection, settings.database().poolSize()).ifPresent(warnings::add);
      try {
        Examined examined = ModelCompiler.examine(settings.models(), connection);
        boolean excused = starts && FitOnce.isTrueOf(examined, connection, instance);
        if (!excused) {
          errors.addAll(examined.problems());
        }
        errors.addAll(
            TableChecks.of(
                connection, instance, excused ? examined.models().tables() : examined.tables()));
        warnings.addAll(examined.warnings());
        return new SetupCheck(errors, warnings, examined.models(), examined.paths());
      } catch (InvalidSetupException e) {
        errors.addAll(e.problems());
        return new SetupCheck(errors, warnings, null, List.of());
      }
    }
  }
}
