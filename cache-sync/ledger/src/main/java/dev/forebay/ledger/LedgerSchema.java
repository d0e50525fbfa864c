package dev.forebay.ledger;

import dev.forebay.model.Instance;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings the ledger's tables to the form this version of Forebay needs. */
public final class LedgerSchema {

  private LedgerSchema() {}

  /**
   * Creates the schema of an instance, or migrates it. Safe to repeat, and safe when several
   * processes start at once.
   *
   * @throws org.flywaydb.core.api.FlywayException if the role may not create the schema, or if a
   *     newer Forebay has been here
   */
  public static void migrate(DataSource dataSource, Instance instance) {
    Flyway.configure()
        .dataSource(dataSource)
        .locations("classpath:dev/forebay/ledger/migration")
        .schemas(instance.databaseName())
        .createSchemas(true)
        .load()
        .migrate();
  }
}
