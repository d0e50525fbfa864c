package dev.forebay.ops.start;

import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.LedgerSnapshot;
import dev.forebay.model.Instance;
import dev.forebay.model.compile.ModelCompiler.Examined;
import dev.forebay.model.file.Declarations;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Tells a database that has changed under forebay.yaml from a mistake in the file. What a worker
 * has declared before in the same words did fit: then the database has changed, and a process that
 * starts goes on without it, as one that runs does. Anything else is a mistake, and nobody is
 * served by a start that leaves it out.
 */
final class FitOnce {

  private FitOnce() {}

  /**
   * Whether all that does not fit now did so once.
   *
   * @param connection outside any transaction
   */
  static boolean isTrueOf(Examined examined, Connection connection, Instance instance)
      throws SQLException {
    try {
      Optional<LedgerSnapshot> ledger = LedgerSnapshot.open(connection, instance);
      String before = ledger.isEmpty() ? "" : ledger.get().declaration().orElse("");
      return Declarations.alike(before, examined.models().declaration())
          .containsAll(examined.misfits());
    } catch (LedgerException.NotReadable e) {
      // Nobody knows, so nothing is excused; a worker could not start with such a role anyway.
      return false;
    }
  }
}
