package dev.forebay.ops.start;

import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.model.compile.ModelCompiler;
import dev.forebay.ops.config.ModelsSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that can be said of forebay.yaml and a database before anything is started. Looks only;
 * changes nothing.
 *
 * @param errors with which the worker does not start
 * @param warnings with which it does
 * @param models null if there are errors in the file
 */
public record SetupCheck(
    List<Problem> errors, List<Problem> warnings, @Nullable ReadModels models) {

  public SetupCheck {
    errors = List.copyOf(errors);
    warnings = List.copyOf(warnings);
  }

  /**
   * Looks at server, file and tables.
   *
   * @throws InvalidSetupException if the database cannot be reached
   */
  public static SetupCheck of(ModelsSettings settings) throws SQLException {
    Instance instance = settings.instance();
    List<Problem> errors = new ArrayList<>();
    ReadModels models = null;
    try (Connection connection = new Database(settings.database()).connect()) {
      errors.addAll(Preflight.server(connection, instance));
      List<Problem> warnings = SlotRisks.of(connection);
      try {
        models = ModelCompiler.compile(settings.models(), connection);
        errors.addAll(TableChecks.of(connection, instance, models));
      } catch (InvalidSetupException e) {
        errors.addAll(e.problems());
      }
      return new SetupCheck(errors, warnings, models);
    }
  }
}
