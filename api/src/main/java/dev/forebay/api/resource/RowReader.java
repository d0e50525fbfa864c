package dev.forebay.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.catalog.Column;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the body of a write against the columns of its resource, before any SQL, and reports
 * everything that is wrong at once.
 */
final class RowReader {

  private final ResourceTable table;

  RowReader(ResourceTable table) {
    this.table = table;
  }

  /**
   * Reads a row to insert.
   *
   * @throws ApiProblem of type {@link ProblemType#INVALID_CONTENT}
   */
  List<Assignment> create(JsonNode body) {
    List<Violation> violations = new ArrayList<>();
    List<Assignment> assignments = read(body, violations);
    if (body.isObject() && !table.table().fillsRows()) {
      for (Column column : table.writable().values()) {
        if (column.notNull() && !column.hasDefault() && !body.has(column.name())) {
          violations.add(Violation.at(column.name(), "is required"));
        }
      }
    }
    return refuseIfAny(violations, assignments);
  }

  /**
   * Reads a merge patch.
   *
   * @throws ApiProblem of type {@link ProblemType#INVALID_CONTENT}
   */
  List<Assignment> patch(JsonNode body) {
    List<Violation> violations = new ArrayList<>();
    return refuseIfAny(violations, read(body, violations));
  }

  private List<Assignment> read(JsonNode body, List<Violation> violations) {
    if (!body.isObject()) {
      violations.add(new Violation("", "must be an object"));
      return List.of();
    }
    for (Map.Entry<String, JsonNode> member : body.properties()) {
      if (!table.writable().containsKey(member.getKey())) {
        violations.add(Violation.at(member.getKey(), whyNot(member.getKey())));
      }
    }
    // In the order of the declaration, so that equal sets of columns make equal statements.
    List<Assignment> assignments = new ArrayList<>();
    for (Column column : table.writable().values()) {
      JsonNode value = body.get(column.name());
      if (value != null) {
        read(column, value, assignments, violations);
      }
    }
    return assignments;
  }

  private static void read(
      Column column, JsonNode value, List<Assignment> assignments, List<Violation> violations) {
    if (value.isNull()) {
      if (column.notNull()) {
        violations.add(Violation.at(column.name(), "must not be null"));
      }
      assignments.add(new Assignment(column, null, value));
      return;
    }
    try {
      assignments.add(new Assignment(column, ColumnValues.text(column.type(), value), value));
    } catch (RefusedValueException e) {
      violations.add(new Violation(Violation.pointer(column.name()) + e.pointer(), e.getMessage()));
    }
  }

  private String whyNot(String member) {
    return table.visible().containsKey(member) ? "cannot be written" : "is not known here";
  }

  private static List<Assignment> refuseIfAny(
      List<Violation> violations, List<Assignment> assignments) {
    if (!violations.isEmpty()) {
      throw ApiProblem.of(ProblemType.INVALID_CONTENT, violations);
    }
    return assignments;
  }
}
