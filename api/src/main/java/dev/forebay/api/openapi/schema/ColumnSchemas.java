package dev.forebay.api.openapi.schema;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.ColumnType;
import dev.forebay.api.catalog.Kind;
import io.swagger.v3.oas.models.media.Schema;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Objects;

/**
 * How the values of a column look in JSON. Answers have one form; what is accepted is wider: an
 * exact number may come as a JSON number too, and any number as a string.
 *
 * <p>Formats are those of the OpenAPI registry (looked at 2026-11).
 */
public final class ColumnSchemas {

  private static final String INTEGER = "^[+-]?[0-9]+$";
  private static final String NUMBER =
      "^([+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,6})?|NaN|-?Infinity)$";
  private static final String DECIMAL = "^(-?[0-9]+(\\.[0-9]+)?|NaN|-?Infinity)$";

  private ColumnSchemas() {}

  /** A value as answers show it. */
  public static Schema<Object> answered(Column column) {
    Schema<Object> schema = answered(column.type());
    return column.notNull() ? schema : Schemas.nullable(schema);
  }

  /** A value as bodies may give it. */
  public static Schema<Object> accepted(Column column) {
    Schema<Object> schema = accepted(column.type());
    if (!column.notNull()) {
      return Schemas.nullable(schema);
    }
    return column.type().kind() == Kind.JSON
        ? Schemas.of("object", "array", "string", "number", "boolean")
        : schema;
  }

  /** A value as a URL gives it: text in the form of answers. */
  public static Schema<Object> inUrl(Column column) {
    return column.type().kind() == Kind.FLOAT ? Schemas.of("string") : answered(column.type());
  }

  private static Schema<Object> answered(ColumnType type) {
    return switch (type.kind()) {
      case BIGINT -> number(type, "int64", "^-?[0-9]{1,19}$", "string");
      case NUMERIC -> number(type, "decimal", DECIMAL, "string");
      case FLOAT -> number(type, "double", "^(NaN|-?Infinity)$", "number", "string");
      case SMALLINT, INTEGER -> range(type, Schemas.of("integer"));
      case ARRAY -> array(answered(element(type)));
      case OTHER -> Schemas.of();
      default -> same(type);
    };
  }

  private static Schema<Object> accepted(ColumnType type) {
    return switch (type.kind()) {
      case BIGINT -> number(type, "int64", INTEGER, "string", "integer");
      case NUMERIC -> number(type, "decimal", NUMBER, "string", "number");
      case FLOAT -> number(type, "double", NUMBER, "number", "string");
      case SMALLINT, INTEGER -> {
        Schema<Object> schema = range(type, Schemas.of("integer", "string"));
        schema.setPattern(INTEGER);
        yield schema;
      }
      case ARRAY -> array(accepted(element(type)));
      case OTHER ->
          Schemas.described(
              Schemas.of("string"), "In PostgreSQL's own form of " + type.sql() + ".");
      default -> same(type);
    };
  }

  /** Kinds that are read as they are written. */
  private static Schema<Object> same(ColumnType type) {
    return switch (type.kind()) {
      case BOOLEAN -> Schemas.of("boolean");
      case UUID -> Schemas.text("uuid");
      case DATE -> Schemas.text("date");
      case TIMESTAMP -> Schemas.text("date-time-local");
      case TIMESTAMPTZ -> Schemas.text("date-time");
      case TIME -> Schemas.text("time-local");
      case ENUM -> {
        Schema<Object> schema = Schemas.of("string");
        schema.setEnum(new ArrayList<>(type.labels()));
        yield schema;
      }
      case TEXT -> {
        Schema<Object> schema = Schemas.of("string");
        schema.setMaxLength(type.maxLength());
        yield schema;
      }
      default -> Schemas.of();
    };
  }

  private static Schema<Object> number(
      ColumnType type, String format, String pattern, String... types) {
    Schema<Object> schema = Schemas.of(types);
    schema.setFormat(format);
    schema.setPattern(pattern);
    Integer precision = type.precision();
    if (precision != null) {
      schema.setDescription(
          "At most %d digits before the point and %d after it."
              .formatted(Math.max(0, precision - type.scale()), Math.max(0, type.scale())));
    }
    return schema;
  }

  private static Schema<Object> range(ColumnType type, Schema<Object> schema) {
    boolean small = type.kind() == Kind.SMALLINT;
    schema.setFormat(small ? "int16" : "int32");
    schema.setMinimum(BigDecimal.valueOf(small ? Short.MIN_VALUE : Integer.MIN_VALUE));
    schema.setMaximum(BigDecimal.valueOf(small ? Short.MAX_VALUE : Integer.MAX_VALUE));
    return schema;
  }

  private static Schema<Object> array(Schema<Object> element) {
    Schema<Object> schema = Schemas.of("array");
    schema.setItems(Schemas.nullable(element));
    return schema;
  }

  private static ColumnType element(ColumnType array) {
    return Objects.requireNonNull(array.element(), "an array has an element type");
  }
}
