package dev.forebay.api.openapi.schema;

import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The shapes of JSON Schema that this package needs, each call a new one. */
public final class Schemas {

  static final String NULL = "null";

  private Schemas() {}

  /** A value of one of these types; of any, if there are none. */
  public static Schema<Object> of(String... types) {
    Schema<Object> schema = new JsonSchema();
    if (types.length > 0) {
      schema.setTypes(new LinkedHashSet<>(List.of(types)));
    }
    return schema;
  }

  /** A string of this form. */
  public static Schema<Object> text(String format) {
    Schema<Object> schema = of("string");
    schema.setFormat(format);
    return schema;
  }

  /** What components/schemas has under this name. */
  public static Schema<Object> ref(String name) {
    Schema<Object> schema = new JsonSchema();
    schema.set$ref("#/components/schemas/" + name);
    return schema;
  }

  /** This value and no other. */
  public static Schema<Object> constant(String value) {
    Schema<Object> schema = of("string");
    schema.setConst(value);
    return schema;
  }

  /** An array of these, with at most so many. */
  public static Schema<Object> list(Schema<Object> items, int least, int most) {
    Schema<Object> schema = of("array");
    schema.setItems(items);
    if (least > 0) {
      schema.setMinItems(least);
    }
    schema.setMaxItems(most);
    return schema;
  }

  /** An object of these members and no others. */
  public static Schema<Object> object(Map<String, Schema<Object>> members, List<String> required) {
    Schema<Object> schema = of("object");
    members.forEach(schema::addProperty);
    if (!required.isEmpty()) {
      schema.setRequired(new ArrayList<>(required));
    }
    schema.setAdditionalProperties(false);
    return schema;
  }

  /** One of several. */
  public static Schema<Object> oneOf(List<Schema<Object>> choices) {
    Schema<Object> schema = new JsonSchema();
    choices.forEach(schema::addOneOfItem);
    return schema;
  }

  /** What either of two allows. */
  public static Schema<Object> anyOf(Schema<Object> one, Schema<Object> other) {
    Schema<Object> schema = new JsonSchema();
    schema.addAnyOfItem(one);
    schema.addAnyOfItem(other);
    return schema;
  }

  /** The same schema, described. */
  public static Schema<Object> described(Schema<Object> schema, String description) {
    schema.setDescription(description);
    return schema;
  }

  /** The same schema, which then allows null too. */
  public static Schema<Object> nullable(Schema<Object> schema) {
    Set<String> types = schema.getTypes();
    if (types != null) {
      schema.addType(NULL);
    }
    if (schema.getEnum() != null) {
      List<Object> values = new ArrayList<>(schema.getEnum());
      values.add(null);
      schema.setEnum(values);
    }
    return schema;
  }
}
