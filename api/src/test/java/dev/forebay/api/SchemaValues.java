package dev.forebay.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Random values that a schema of the API's document allows. */
final class SchemaValues {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int MAX_DEPTH = 8;

  private final JsonNode document;
  private final Random random;

  SchemaValues(JsonNode document, Random random) {
    this.document = document;
    this.random = random;
  }

  /** What a reference within the document names, or the thing itself. */
  JsonNode resolve(JsonNode thing) {
    JsonNode found = thing;
    while (found.path("$ref").isTextual()) {
      found = document.at(found.get("$ref").asText().substring(1));
    }
    return found;
  }

  /** A value that fits. */
  JsonNode of(JsonNode schema) {
    return of(schema, 0);
  }

  private JsonNode of(JsonNode reference, int depth) {
    JsonNode schema = resolve(reference);
    if (schema.has("const")) {
      return schema.get("const");
    }
    if (schema.has("enum")) {
      return pick(schema.get("enum"));
    }
    for (String choice : List.of("oneOf", "anyOf")) {
      if (schema.has(choice)) {
        return of(pick(schema.get(choice)), depth);
      }
    }
    String type = type(schema);
    return switch (type) {
      case "object" -> object(schema, depth);
      case "array" -> array(schema, depth);
      case "integer" -> JSON.numberNode(integer(schema));
      case "number" -> JSON.numberNode(random.nextInt(-900, 900) / 4.0);
      case "boolean" -> JSON.booleanNode(random.nextBoolean());
      case "null" -> JSON.nullNode();
      default -> JSON.textNode(text(schema));
    };
  }

  private String type(JsonNode schema) {
    JsonNode type = schema.path("type");
    if (type.isMissingNode()) {
      return pickOf("string", "integer", "boolean", "null");
    }
    return type.isArray() ? pick(type).asText() : type.asText();
  }

  private JsonNode object(JsonNode schema, int depth) {
    ObjectNode object = JSON.objectNode();
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    for (Map.Entry<String, JsonNode> member : schema.path("properties").properties()) {
      if (required.contains(member.getKey()) || (random.nextInt(3) == 0 && depth < MAX_DEPTH)) {
        object.set(member.getKey(), of(member.getValue(), depth + 1));
      }
    }
    return object;
  }

  private JsonNode array(JsonNode schema, int depth) {
    ArrayNode array = JSON.arrayNode();
    int least = schema.path("minItems").asInt(0);
    int most =
        Math.max(least, Math.min(schema.path("maxItems").asInt(3), depth < MAX_DEPTH ? 3 : 0));
    for (int i = random.nextInt(least, most + 1); i > 0; i--) {
      array.add(of(schema.path("items"), depth + 1));
    }
    return array;
  }

  private long integer(JsonNode schema) {
    long least = schema.path("minimum").asLong(Long.MIN_VALUE);
    long most = schema.path("maximum").asLong(Long.MAX_VALUE);
    return switch (random.nextInt(12)) {
      case 0 -> least;
      case 1 -> most;
      default -> Math.max(least, Math.min(most, random.nextInt(0, 9)));
    };
  }

  private String text(JsonNode schema) {
    LocalDateTime time =
        LocalDateTime.of(2020, 1, 1, 0, 0)
            .plusSeconds(random.nextInt(1 << 28))
            .truncatedTo(ChronoUnit.SECONDS);
    return switch (schema.path("format").asText()) {
      case "uuid" -> new UUID(random.nextLong(), random.nextLong()).toString();
      case "date" -> time.toLocalDate().toString();
      case "date-time" -> time + ":00Z".substring(time.getSecond() == 0 ? 0 : 3);
      case "date-time-local" -> time.toString();
      case "time-local" -> time.toLocalTime().toString();
      case "int16", "int32", "int64" -> Long.toString(integer(schema));
      case "decimal", "double" -> pickOf("0", "1.5", "-2.25", "NaN");
      default -> plainText(schema);
    };
  }

  private String plainText(JsonNode schema) {
    if (schema.path("pattern").asText().contains("(0|[1-9]")) {
      return "/" + random.nextInt(3) + "/id";
    }
    int most = Math.min(schema.path("maxLength").asInt(12), 12);
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(schema.path("minLength").asInt(0), most + 1); i > 0; i--) {
      text.appendCodePoint(
          random.nextInt(12) == 0
              ? random.nextInt(0x20, 0xd800)
              : "abc-0 12".codePointAt(random.nextInt(8)));
    }
    return text.toString();
  }

  private JsonNode pick(JsonNode choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private String pickOf(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
