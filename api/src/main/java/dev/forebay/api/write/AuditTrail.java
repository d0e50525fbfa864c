package dev.forebay.api.write;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.api.row.Applied;
import dev.forebay.api.row.Operation;
import dev.forebay.api.token.Touched;
import dev.forebay.api.touch.Outcome;
import dev.forebay.api.transaction.Caller;
import dev.forebay.model.Instance;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Who changed what: a row for each request that changed something, in table {@code audit} of the
 * ledger's schema, in the transaction of the change.
 */
final class AuditTrail {

  private static final JsonMapper MAPPER = new JsonMapper();

  private final String insert;

  AuditTrail(Instance instance) {
    this.insert =
        "insert into "
            + new TableName(instance.databaseName(), "audit").sql()
            + " (principal, request_id, traceparent, operations, touched, xid)"
            + " values (?, ?, ?, ?::jsonb, ?::jsonb, pg_current_xact_id()::text::bigint)";
  }

  /** What one request did. */
  static final class Entry {
    private final ArrayNode operations = MAPPER.createArrayNode();

    /** What changes nothing leaves no trace. */
    void add(String resource, Operation operation, Applied applied) {
      if (applied.outcome() == Applied.Outcome.SAME) {
        return;
      }
      ObjectNode one = operations.addObject();
      one.put("op", word(operation)).put("resource", resource);
      applied.key().forEach(one.putArray("key")::add);
    }

    boolean isEmpty() {
      return operations.isEmpty();
    }

    private static String word(Operation operation) {
      return switch (operation) {
        case Operation.Create create -> "create";
        case Operation.Put put -> "put";
        case Operation.Patch patch -> "patch";
        case Operation.Delete delete -> "delete";
      };
    }
  }

  /**
   * @param outcome what was touched; null if nobody asked
   */
  void write(Connection connection, Caller caller, Entry entry, @Nullable Outcome outcome)
      throws SQLException {
    if (entry.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setString(1, caller.principal());
      statement.setString(2, caller.requestId());
      statement.setString(3, caller.traceparent());
      statement.setString(4, entry.operations.toString());
      statement.setString(5, outcome == null ? null : touched(outcome.touched()));
      statement.executeUpdate();
    }
  }

  private static String touched(Touched touched) {
    ObjectNode json = MAPPER.createObjectNode();
    ArrayNode documents = json.putArray("documents");
    touched.documents().values().forEach(keys -> keys.forEach(documents::add));
    touched.models().forEach(json.putArray("models")::add);
    return json.toString();
  }
}
