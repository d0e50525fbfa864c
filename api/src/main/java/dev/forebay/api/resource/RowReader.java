package dev.forebay.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.forebay.api.catalog.Column;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the body of a write against the columns of its resource, before any SQL, and reports
 * everything that is wrong at once. Safe for any thread.
 *
 * <p>Assignments are in the order of the declaration, so that equal sets of columns make equal
 * statements.
 */
public final class RowReader {

  private static final String NOT_THE_KEY = "must be the same as in the path, or left out";

  private final ResourceTable table;

  /** A reader for one resource. */
  public RowReader(ResourceTable table) {
    this.table = table;
  }

  /**
   * Reads a row to insert.
   *
   * @throws ApiProblem of type {@link ProblemType#INVALID_CONTENT}
   */
  public List<Assignment> create(JsonNode body) {
    return refuseIfAny(createProblems(body, Set.of()), body);
  }

  /**
   * Reads a row that replaces another or is created. Where clients may write the key, it is among
   * the assignments.
   *
   * @param key fit for the columns of the key, or of no row at all
   * @throws ApiProblem of type {@link ProblemType#INVALID_CONTENT}
   */
  public List<Assignment> put(List<String> key, JsonNode body) {
    List<Assignment> named = refuseIfAny(putProblems(key, body, Set.of()), body);
    if (!table.isKeyWritable() || !table.isKey(key)) {
      return named;
    }
    List<Assignment> all = new ArrayList<>();
    for (Column column : table.writable().values()) {
      int place = table.key().indexOf(column);
      if (place >= 0) {
        all.add(new Assignment(column, key.get(place), TextNode.valueOf(key.get(place))));
      } else {
        named.stream().filter(one -> one.column().equals(column)).forEach(all::add);
      }
    }
    return all;
  }

  /**
   * Reads a merge patch.
   *
   * @throws ApiProblem of type {@link ProblemType#INVALID_CONTENT}
   */
  public List<Assignment> patch(JsonNode body) {
    return refuseIfAny(patchProblems(body, Set.of()), body);
  }

  /**
   * What is wrong with a row to insert.
   *
   * @param unknown members whose value is not known yet, and so not looked at
   */
  public List<Violation> createProblems(JsonNode body, Set<String> unknown) {
    List<Violation> violations = new ArrayList<>(patchProblems(body, unknown));
    if (body.isObject()) {
      addMissing(body, Set.of(), violations);
    }
    return violations;
  }

  /** What is wrong with a row that replaces another. */
  public List<Violation> putProblems(List<String> key, JsonNode body, Set<String> unknown) {
    List<Violation> violations = new ArrayList<>(patchProblems(body, unknown));
    if (body.isObject()) {
      addMissing(body, Set.copyOf(table.key()), violations);
      for (int i = 0; i < Math.min(key.size(), table.key().size()); i++) {
        Column column = table.key().get(i);
        JsonNode value = body.get(column.name());
        if (value != null
            && table.writable().containsKey(column.name())
            && !unknown.contains(column.name())
            && !isText(column, value, key.get(i))) {
          violations.add(Violation.at(column.name(), NOT_THE_KEY));
        }
      }
    }
    return violations;
  }

  /** What is wrong with a merge patch. */
  public List<Violation> patchProblems(JsonNode body, Set<String> unknown) {
    if (!body.isObject()) {
      return List.of(new Violation("", "must be an object"));
    }
    List<Violation> violations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> member : body.properties()) {
      if (!table.writable().containsKey(member.getKey())) {
        violations.add(Violation.at(member.getKey(), whyNot(member.getKey())));
      }
    }
    for (Column column : table.writable().values()) {
      JsonNode value = body.get(column.name());
      if (value != null && !unknown.contains(column.name())) {
        check(column, value, violations);
      }
    }
    return violations;
  }

  private void addMissing(JsonNode body, Set<Column> given, List<Violation> violations) {
    if (table.table().fillsRows()) {
      return;
    }
    for (Column column : table.writable().values()) {
      if (column.notNull()
          && !column.hasDefault()
          && !body.has(column.name())
          && !given.contains(column)) {
        violations.add(Violation.at(column.name(), "is required"));
      }
    }
  }

  private static void check(Column column, JsonNode value, List<Violation> violations) {
    if (value.isNull()) {
      if (column.notNull()) {
        violations.add(Violation.at(column.name(), "must not be null"));
      }
      return;
    }
    try {
      Object unused = ColumnValues.text(column.type(), value);
    } catch (RefusedValueException e) {
      violations.add(new Violation(Violation.pointer(column.name()) + e.pointer(), e.getMessage()));
    }
  }

  private static boolean isText(Column column, JsonNode value, String text) {
    try {
      return !value.isNull() && ColumnValues.text(column.type(), value).equals(text);
    } catch (RefusedValueException e) {
      // Said already.
      return true;
    }
  }

  private String whyNot(String member) {
    return table.visible().containsKey(member) ? "cannot be written" : "is not known here";
  }

  private List<Assignment> refuseIfAny(List<Violation> violations, JsonNode body) {
    if (!violations.isEmpty()) {
      throw ApiProblem.of(ProblemType.INVALID_CONTENT, violations);
    }
    List<Assignment> assignments = new ArrayList<>();
    for (Column column : table.writable().values()) {
      JsonNode value = body.get(column.name());
      if (value != null) {
        assignments.add(assignment(column, value));
      }
    }
    return assignments;
  }

  private static Assignment assignment(Column column, JsonNode value) {
    try {
      String text = value.isNull() ? null : ColumnValues.text(column.type(), value);
      return new Assignment(column, text, value);
    } catch (RefusedValueException e) {
      throw new IllegalStateException("checked before: " + column.name(), e);
    }
  }
}
