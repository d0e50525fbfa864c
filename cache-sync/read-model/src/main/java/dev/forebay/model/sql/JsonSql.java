package dev.forebay.model.sql;

import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.tree.JsonForm;
import java.util.ArrayList;
import java.util.List;

/**
 * How values become JSON, by {@link JsonForm}.
 *
 * <p>PostgreSQL's own JSON form is used where a JavaScript reader can take it without loss. What it
 * would spoil (int8 and numeric beyond 2^53) or what has no JSON form becomes a string in
 * PostgreSQL's text form under the pinned settings of a snapshot session.
 */
final class JsonSql {

  /** A function takes at most 100 arguments, so 50 members; fewer leave room for doubt. */
  private static final int MEMBERS_PER_CALL = 40;

  private JsonSql() {}

  static String value(String sql, ColumnType type) {
    ColumnType element = type.element();
    if (element != null) {
      return JsonForm.of(element).isNatural() ? sql : sql + "::text[]";
    }
    return switch (JsonForm.of(type)) {
      // Dates have ISO 8601 here; floats that JSON has no number for become strings by themselves.
      case BOOLEAN, NUMBER, FLOAT, VALUE, TIME -> sql;
      case BYTES -> "translate(encode(" + sql + ", 'base64'), E'\\n', '')";
      case TEXT -> sql + "::text";
    };
  }

  /**
   * An object.
   *
   * @param members alternately a name, as an SQL constant, and a value
   */
  static String object(List<String> members) {
    List<String> calls = new ArrayList<>();
    for (int i = 0; i < members.size(); i += 2 * MEMBERS_PER_CALL) {
      List<String> some = members.subList(i, Math.min(members.size(), i + 2 * MEMBERS_PER_CALL));
      calls.add("jsonb_build_object(" + String.join(", ", some) + ")");
    }
    return String.join(" || ", calls);
  }
}
