package dev.forebay.api.route;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.Kind;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.Violation;
import dev.forebay.api.row.Operation;
import dev.forebay.api.row.Precondition;
import dev.forebay.api.row.RowStore;
import dev.forebay.api.write.Reference;
import dev.forebay.api.write.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads lists of operations: {@code {"op": "patch", "resource": "article", "key": ["17"], "value":
 * {…}, "ifMatch": "\"4711\""}}. Reports everything that is wrong with their form at once. Safe for
 * any thread.
 */
final class OperationReader {

  private static final Set<String> MEMBERS = Set.of("op", "key", "value", "ifMatch", "ifNoneMatch");
  private static final String OPERATIONS = "operations";
  private static final String RESOURCE = "resource";

  private final Map<String, RowStore> stores;
  private final @Nullable String only;
  private final int most;

  /**
   * @param stores by the names of their resources
   * @param only the resource that all operations are for, or null if each says it
   * @param most operations at most
   */
  OperationReader(Map<String, RowStore> stores, @Nullable String only, int most) {
    this.stores = Map.copyOf(stores);
    this.only = only;
    this.most = most;
  }

  /** Reads an array of operations, none of which refers to another. */
  List<Step> bulk(JsonNode body) {
    return steps(body, "");
  }

  /** Reads {@code {"operations": […]}}; later ones may refer to earlier ones. */
  List<Step> transaction(JsonNode body) {
    List<Violation> violations = new ArrayList<>();
    body.fieldNames()
        .forEachRemaining(name -> {
          if (!name.equals(OPERATIONS)) {
            violations.add(Violation.at(name, "is not known here"));
          }
        });
    if (!body.isObject() || !violations.isEmpty()) {
      throw refused(body.isObject() ? violations : List.of(new Violation("", "must be an object")));
    }
    return steps(body.path(OPERATIONS), "/" + OPERATIONS);
  }

  private List<Step> steps(JsonNode items, String pointer) {
    if (!items.isArray() || items.isEmpty() || items.size() > most) {
      throw refused(
          List.of(new Violation(pointer, "must be an array of 1 to " + most + " operations")));
    }
    List<Violation> violations = new ArrayList<>();
    List<@Nullable Step> steps = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      steps.add(new OneReader(items.get(i), pointer + "/" + i, steps, violations).read());
    }
    if (!violations.isEmpty()) {
      throw refused(violations);
    }
    List<Step> all = new ArrayList<>();
    for (Step step : steps) {
      if (step != null) {
        all.add(step);
      }
    }
    return all;
  }

  private static ApiProblem refused(List<Violation> violations) {
    return ApiProblem.of(ProblemType.INVALID_CONTENT, violations);
  }

  /** Reads one operation. */
  private final class OneReader {
    private final JsonNode item;
    private final String pointer;
    private final List<@Nullable Step> before;
    private final List<Violation> violations;
    private final List<Reference> references = new ArrayList<>();

    OneReader(
        JsonNode item, String pointer, List<@Nullable Step> before, List<Violation> violations) {
      this.item = item;
      this.pointer = pointer;
      this.before = before;
      this.violations = violations;
    }

    @Nullable Step read() {
      int good = violations.size();
      if (!item.isObject()) {
        report("", "must be an object");
        return null;
      }
      item.fieldNames().forEachRemaining(this::checkMember);
      RowStore store = store();
      if (store == null) {
        return null;
      }
      Operation operation = operation(store);
      return operation == null || violations.size() > good
          ? null
          : new Step(store, operation, references, pointer, pointer + "/value");
    }

    private void checkMember(String name) {
      if (!MEMBERS.contains(name) && !(only == null && name.equals(RESOURCE))) {
        report(Violation.pointer(name), "is not known here");
      }
    }

    private @Nullable RowStore store() {
      String name = only == null ? item.path(RESOURCE).asText() : only;
      RowStore store = stores.get(name);
      if (store == null) {
        report("/" + RESOURCE, "must be the name of a resource");
      }
      return store;
    }

    private @Nullable Operation operation(RowStore store) {
      return switch (item.path("op").asText()) {
        case "create" -> {
          allowed(Set.of("value"));
          yield new Operation.Create(value(store));
        }
        case "put" -> new Operation.Put(key(store), value(store), precondition());
        case "patch" -> {
          allowed(Set.of("key", "value", "ifMatch"));
          yield new Operation.Patch(key(store), value(store), precondition());
        }
        case "delete" -> {
          allowed(Set.of("key", "ifMatch"));
          yield new Operation.Delete(key(store), precondition());
        }
        default -> {
          report("/op", "must be create, put, patch or delete");
          yield null;
        }
      };
    }

    private void allowed(Set<String> members) {
      for (String name : MEMBERS) {
        if (!name.equals("op") && !members.contains(name) && item.has(name)) {
          report("/" + name, "is not for this operation");
        }
      }
    }

    private List<String> key(RowStore store) {
      JsonNode key = item.path("key");
      int parts = store.table().key().size();
      if (!key.isArray() || key.size() != parts) {
        report("/key", "must be an array, one element for each column of the key: " + parts);
        return List.of();
      }
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < parts; i++) {
        JsonNode part = key.get(i);
        Reference reference = reference(part, "/key/" + i, null, i);
        if (reference != null) {
          references.add(reference);
        } else if (part.isContainerNode() || part.isNull()) {
          report("/key/" + i, "must be a value of the key");
        }
        texts.add(part.asText());
      }
      return texts;
    }

    private JsonNode value(RowStore store) {
      JsonNode value = item.path("value");
      if (!value.isObject()) {
        report("/value", "must be an object");
      }
      value
          .properties()
          .forEach(member -> {
            Column column = store.table().writable().get(member.getKey());
            boolean json = column != null && column.type().kind() == Kind.JSON;
            Reference reference =
                json
                    ? null
                    : reference(
                        member.getValue(),
                        "/value" + Violation.pointer(member.getKey()),
                        member.getKey(),
                        -1);
            if (reference != null) {
              references.add(reference);
            }
          });
      return value;
    }

    /** Null if it is a value, or a reference that is wrong, which has been reported then. */
    private @Nullable Reference reference(
        JsonNode node, String place, @Nullable String member, int keyPart) {
      if (only != null || node.size() != 1 || !node.path("$ref").isTextual()) {
        return null;
      }
      String[] parts = node.path("$ref").asText().split("/", 3);
      boolean form = parts.length == 3 && parts[0].isEmpty() && parts[1].matches("\\d{1,4}");
      int operation = form ? Integer.parseInt(parts[1]) : before.size();
      Step target = operation < before.size() ? before.get(operation) : null;
      String column = form ? parts[2].replace("~1", "/").replace("~0", "~") : "";
      if (operation >= before.size()) {
        report(place, "must refer to an earlier operation, as in {\"$ref\": \"/0/id\"}");
      } else if (target != null && target.operation() instanceof Operation.Delete) {
        report(place, "refers to a row that is deleted");
      } else if (target != null && !target.store().table().visible().containsKey(column)) {
        report(place, "refers to a column that the resource does not show");
      }
      return new Reference(member, keyPart, operation, column);
    }

    private Precondition precondition() {
      String ifMatch = text("ifMatch");
      String ifNoneMatch = text("ifNoneMatch");
      try {
        return Preconditions.read(ifMatch, ifNoneMatch);
      } catch (ApiProblem e) {
        report("", String.valueOf(e.detail()));
        return Precondition.NONE;
      }
    }

    private @Nullable String text(String member) {
      JsonNode node = item.get(member);
      if (node != null && !node.isTextual()) {
        report("/" + member, "must be a string");
      }
      return node == null ? null : node.asText();
    }

    private void report(String place, String what) {
      violations.add(new Violation(pointer + place, what));
    }
  }
}
