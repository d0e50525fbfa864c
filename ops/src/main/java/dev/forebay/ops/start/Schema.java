package dev.forebay.ops.start;

import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;

/** The ledger's tables, for a process that starts. */
final class Schema {

  private Schema() {}

  /**
   * Creates or migrates them; several processes may do so at once.
   *
   * @throws InvalidSetupException if this role may not, or a newer Forebay has been here
   */
  static void migrate(DataSource pool, Instance instance) {
    try {
      LedgerSchema.migrate(pool, instance);
    } catch (FlywayException e) {
      String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new InvalidSetupException(
          List.of(
              new Problem(
                  "database",
                  "schema " + instance.databaseName() + " cannot be prepared: " + first + ".",
                  "Grant the role CREATE on the database and ownership of that schema, or run"
                      + " the newer Forebay.")));
    }
  }
}
