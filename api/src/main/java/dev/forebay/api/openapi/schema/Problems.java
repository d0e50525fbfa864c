package dev.forebay.api.openapi.schema;

import dev.forebay.api.problem.ProblemType;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.Schema;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every kind of problem as a schema of its own. */
public final class Problems {

  /** What all problems have in common. */
  public static final String PROBLEM = "Problem";

  private Problems() {}

  public static void addTo(Components components) {
    components.addSchemas(PROBLEM, problem());
    for (ProblemType type : ProblemType.values()) {
      components.addSchemas(name(type), kind(type));
    }
  }

  /** Whether a problem has this status. */
  public static boolean has(int status) {
    return !types(status).isEmpty();
  }

  /** Every status that a problem has. */
  public static List<Integer> statuses() {
    return Arrays.stream(ProblemType.values()).map(ProblemType::status).distinct().toList();
  }

  /** Any problem of this status. */
  public static Schema<Object> ofStatus(int status) {
    List<Schema<Object>> kinds =
        types(status).stream().map(type -> Schemas.ref(name(type))).toList();
    return kinds.size() == 1 ? kinds.getFirst() : Schemas.oneOf(kinds);
  }

  /** What this status means here, in one sentence for each kind. */
  public static String titles(int status) {
    return String.join(". ", types(status).stream().map(ProblemType::title).toList()) + ".";
  }

  private static String name(ProblemType type) {
    return "problem." + word(type);
  }

  private static String word(ProblemType type) {
    return type.uri().substring(type.uri().lastIndexOf(':') + 1);
  }

  private static List<ProblemType> types(int status) {
    return Arrays.stream(ProblemType.values()).filter(type -> type.status() == status).toList();
  }

  private static Schema<Object> problem() {
    Map<String, Schema<Object>> fault = new LinkedHashMap<>();
    fault.put(
        "pointer",
        Schemas.described(
            Schemas.text("json-pointer"), "Where in the body (RFC 6901); empty: all of it."));
    fault.put("detail", Schemas.described(Schemas.of("string"), "What is wrong there."));
    Schema<Object> faults = Schemas.of("array");
    faults.setItems(Schemas.object(fault, List.of("pointer", "detail")));

    Map<String, Schema<Object>> members = new LinkedHashMap<>();
    members.put("type", Schemas.described(Schemas.text("uri"), "Which kind; this never changes."));
    members.put("title", Schemas.described(Schemas.of("string"), "The kind, for people."));
    members.put("status", Schemas.described(Schemas.of("integer"), "The answer's HTTP status."));
    members.put("detail", Schemas.described(Schemas.of("string"), "This occurrence, for people."));
    members.put(
        "requestId", Schemas.described(Schemas.of("string"), "Finds the request in the log."));
    members.put("errors", Schemas.described(faults, "All that is wrong in the body."));
    Schema<Object> schema = Schemas.object(members, List.of("type", "title", "status"));
    schema.setAdditionalProperties(null);
    return Schemas.described(schema, "Why a request could not be fulfilled (RFC 9457).");
  }

  private static Schema<Object> kind(ProblemType type) {
    Schema<Object> status = Schemas.of("integer");
    status.setConst(BigDecimal.valueOf(type.status()));
    Map<String, Schema<Object>> members = new LinkedHashMap<>();
    members.put("type", Schemas.constant(type.uri()));
    members.put("status", status);
    Schema<Object> narrow = Schemas.object(members, List.of());
    narrow.setAdditionalProperties(null);

    Schema<Object> schema = Schemas.of();
    schema.setTitle(type.title());
    schema.setDescription(Advice.of(word(type)));
    schema.addAllOfItem(Schemas.ref(PROBLEM));
    schema.addAllOfItem(narrow);
    return schema;
  }
}
