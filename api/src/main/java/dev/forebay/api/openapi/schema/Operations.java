package dev.forebay.api.openapi.schema;

import io.swagger.v3.oas.models.media.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The items of bulk requests and transactions. */
final class Operations {

  private Operations() {}

  /** Which of a resource's contents an operation carries. */
  enum Value {
    CREATE,
    PUT,
    PATCH
  }

  /**
   * One schema for each operation.
   *
   * @param key of the row
   * @param value what an operation carries
   * @param more members that every operation must have
   */
  static List<Schema<Object>> of(
      Schema<Object> key, Function<Value, Schema<Object>> value, Map<String, Schema<Object>> more) {
    Schema<Object> ifMatch =
        Schemas.described(Schemas.of("string"), "As the header If-Match: an ETag, or *.");
    Schema<Object> ifNoneMatch = Schemas.constant("*");
    return List.of(
        operation("create", more, Map.of("value", value.apply(Value.CREATE)), Map.of()),
        operation(
            "put",
            more,
            ordered("key", key, "value", value.apply(Value.PUT)),
            ordered("ifMatch", ifMatch, "ifNoneMatch", ifNoneMatch)),
        operation(
            "patch",
            more,
            ordered("key", key, "value", value.apply(Value.PATCH)),
            Map.of("ifMatch", ifMatch)),
        operation("delete", more, Map.of("key", key), Map.of("ifMatch", ifMatch)));
  }

  /** What every result says. */
  static Map<String, Schema<Object>> resultMembers(Schema<Object> value) {
    Map<String, Schema<Object>> members = new LinkedHashMap<>();
    members.put(
        "status", Schemas.described(Schemas.of("integer"), "As the request alone would get."));
    members.put("location", Schemas.described(Schemas.of("string"), "The path of the row."));
    members.put("etag", Schemas.described(Schemas.of("string"), "The row's version."));
    members.put("value", value);
    return members;
  }

  private static Schema<Object> operation(
      String op,
      Map<String, Schema<Object>> more,
      Map<String, Schema<Object>> needed,
      Map<String, Schema<Object>> optional) {
    Map<String, Schema<Object>> members = new LinkedHashMap<>();
    members.put("op", Schemas.constant(op));
    members.putAll(more);
    members.putAll(needed);
    List<String> required = new ArrayList<>(members.keySet());
    members.putAll(optional);
    Schema<Object> schema = Schemas.object(members, required);
    schema.setTitle(op);
    return schema;
  }

  private static Map<String, Schema<Object>> ordered(
      String first, Schema<Object> one, String second, Schema<Object> other) {
    Map<String, Schema<Object>> members = new LinkedHashMap<>();
    members.put(first, one);
    members.put(second, other);
    return members;
  }
}
