package dev.forebay.api.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.Violation;
import dev.forebay.api.row.Applied;
import dev.forebay.api.row.Operation;
import dev.forebay.api.row.RowStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One operation of a request.
 *
 * @param store of the resource it is for
 * @param operation with placeholders where a reference points
 * @param references to what earlier operations return; empty for most
 * @param pointer where the request says it, as a JSON Pointer; empty if it is all of the request
 * @param body where the request says its body, as a JSON Pointer
 */
public record Step(
    RowStore store, Operation operation, List<Reference> references, String pointer, String body) {

  private static final ObjectReader READER =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build()
          .readerFor(JsonNode.class);

  public Step {
    references = List.copyOf(references);
  }

  /** The only operation of a request. */
  public static Step only(RowStore store, Operation operation) {
    return new Step(store, operation, List.of(), "", "");
  }

  /** What is wrong with it as far as can be seen before it runs; pointers are into the request. */
  List<Violation> problems() {
    Set<String> unknown =
        references.stream()
            .filter(reference -> reference.member() != null)
            .map(Reference::member)
            .collect(Collectors.toSet());
    return store.problems(operation, unknown).stream().map(one -> one.under(body)).toList();
  }

  /**
   * The operation with every reference replaced.
   *
   * @param before what the earlier operations did, by their number
   */
  Operation resolved(List<Applied> before) {
    if (references.isEmpty()) {
      return operation;
    }
    return switch (operation) {
      case Operation.Create create -> new Operation.Create(body(create.body(), before));
      case Operation.Put put ->
          new Operation.Put(key(put.key(), before), body(put.body(), before), put.precondition());
      case Operation.Patch patch ->
          new Operation.Patch(
              key(patch.key(), before), body(patch.body(), before), patch.precondition());
      case Operation.Delete delete ->
          new Operation.Delete(key(delete.key(), before), delete.precondition());
    };
  }

  private JsonNode body(JsonNode body, List<Applied> before) {
    if (!(body instanceof ObjectNode object)) {
      return body;
    }
    ObjectNode resolved = object.objectNode().setAll(object);
    for (Reference reference : references) {
      if (reference.member() != null) {
        resolved.set(reference.member(), value(reference, before));
      }
    }
    return resolved;
  }

  private List<String> key(List<String> key, List<Applied> before) {
    List<String> resolved = new ArrayList<>(key);
    for (Reference reference : references) {
      if (reference.member() == null) {
        JsonNode value = value(reference, before);
        if (!value.isValueNode() || value.isNull()) {
          throw ApiProblem.of(
              ProblemType.INVALID_CONTENT, "The key refers to a value that no key has.");
        }
        resolved.set(reference.keyPart(), value.asText());
      }
    }
    return resolved;
  }

  private static JsonNode value(Reference reference, List<Applied> before) {
    try {
      String row = before.get(reference.operation()).present().json();
      return READER.<JsonNode>readValue(row).path(reference.column());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL makes JSON", e);
    }
  }
}
