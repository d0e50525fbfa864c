package dev.forebay.api.write;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.row.Applied;
import dev.forebay.api.row.Operation;
import dev.forebay.api.touch.Before;
import dev.forebay.api.touch.Touch;
import dev.forebay.api.write.AuditTrail.Entry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * One attempt at what a request asks for: does operations, and takes note of each that was done.
 * For one thread.
 *
 * @param connection inside the transaction
 * @param entry for the audit trail
 * @param touch finds what is touched
 */
record Progress(Connection connection, Entry entry, Touch touch) {

  /** Does one operation, of which every reference is resolved. */
  Applied apply(Step step, Operation operation) throws SQLException {
    Before before = touch.before(step.store().table(), operation);
    Applied applied = step.store().apply(connection, operation);
    touch.applied(step.store().table(), before, applied);
    entry.add(step.store().table().resource().name(), operation, applied);
    return applied;
  }

  /**
   * Inserts rows of one resource together.
   *
   * @param steps that create, at least one
   */
  List<Applied> createAll(List<Step> steps) throws SQLException {
    List<JsonNode> bodies = new ArrayList<>();
    for (Step step : steps) {
      if (step.operation() instanceof Operation.Create create) {
        bodies.add(create.body());
      }
    }
    List<Applied> created = steps.getFirst().store().createAll(connection, bodies);
    for (int i = 0; i < created.size(); i++) {
      Step step = steps.get(i);
      Before before = touch.before(step.store().table(), step.operation());
      touch.applied(step.store().table(), before, created.get(i));
      entry.add(step.store().table().resource().name(), step.operation(), created.get(i));
    }
    return created;
  }
}
