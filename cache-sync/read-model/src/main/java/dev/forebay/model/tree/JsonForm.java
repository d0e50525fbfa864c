package dev.forebay.model.tree;

import dev.forebay.model.catalog.ColumnType;

/**
 * What a value is in JSON, arrays aside. The rule is the table in the module's README; SQL and
 * TypeScript are both made from it.
 */
public enum JsonForm {
  BOOLEAN,
  /** A number that JavaScript holds without loss. */
  NUMBER,
  /** A number, or a string where JSON has none: {@code NaN} and the infinities. */
  FLOAT,
  /** Any JSON. */
  VALUE,
  /** A string that PostgreSQL's JSON functions make: dates in ISO 8601. */
  TIME,
  /** A string of base64. */
  BYTES,
  /** A string, PostgreSQL's text form. */
  TEXT;

  /** The form of a type that is no array. */
  public static JsonForm of(ColumnType type) {
    return switch (type.base()) {
      case "bool" -> BOOLEAN;
      case "int2", "int4" -> NUMBER;
      case "float4", "float8" -> FLOAT;
      case "json", "jsonb" -> VALUE;
      case "date", "timestamp", "timestamptz" -> TIME;
      case "bytea" -> BYTES;
      default -> TEXT;
    };
  }

  /** Whether PostgreSQL's own JSON form is the one wanted. */
  public boolean isNatural() {
    return this != BYTES && this != TEXT;
  }
}
