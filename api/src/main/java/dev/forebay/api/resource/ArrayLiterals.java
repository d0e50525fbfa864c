package dev.forebay.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.catalog.ColumnType;
import dev.forebay.api.catalog.Kind;
import java.util.Objects;

/** PostgreSQL's text form of arrays, every element quoted, from JSON arrays of any dimension. */
final class ArrayLiterals {

  private ArrayLiterals() {}

  static String write(ColumnType type, JsonNode value) throws RefusedValueException {
    if (!value.isArray()) {
      throw new RefusedValueException("must be an array");
    }
    StringBuilder literal = new StringBuilder();
    append(literal, Objects.requireNonNull(type.element()), value, "");
    return literal.toString();
  }

  private static void append(StringBuilder out, ColumnType type, JsonNode array, String pointer)
      throws RefusedValueException {
    out.append('{');
    for (int i = 0; i < array.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      JsonNode element = array.get(i);
      String place = pointer + "/" + i;
      if (element.isNull()) {
        out.append("NULL");
      } else if (element.isArray() && type.kind() != Kind.JSON) {
        append(out, type, element, place);
      } else {
        quote(out, element(type, element, place));
      }
    }
    out.append('}');
  }

  private static String element(ColumnType type, JsonNode element, String place)
      throws RefusedValueException {
    try {
      return ColumnValues.text(type, element);
    } catch (RefusedValueException e) {
      throw new RefusedValueException(place + e.pointer(), e.getMessage());
    }
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
  }
}
