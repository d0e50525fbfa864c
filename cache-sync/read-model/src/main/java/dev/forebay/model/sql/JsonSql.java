package dev.forebay.model.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.tree.JsonForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How values become JSON, by {@link JsonForm}. Every expression made here is text that is JSON, and
 * never null.
 *
 * <p>PostgreSQL's own JSON form is used where a JavaScript reader can take it without loss. What it
 * would spoil (int8 and numeric beyond 2^53) or what has no JSON form becomes a string in
 * PostgreSQL's text form under the pinned settings of a snapshot session.
 *
 * <p>The bytes are those of {@code jsonb}'s text: members by the length of their names, then by
 * their bytes. They are put together as text, because jsonb takes every nested value apart and
 * builds it anew at each level: that took 1.6 times as long.
 */
final class JsonSql {

  /** A function takes at most 100 arguments (FUNC_MAX_ARGS in PostgreSQL's source). */
  private static final int MOST_ARGUMENTS = 90;

  private JsonSql() {}

  /** The order of a jsonb object's members. */
  static final Comparator<String> MEMBER_ORDER =
      Comparator.comparingInt((String name) -> name.getBytes(UTF_8).length)
          .thenComparing(name -> name.getBytes(UTF_8), Arrays::compareUnsigned);

  /** No members yet; put names and values into it. */
  static SortedMap<String, String> members() {
    return new TreeMap<>(MEMBER_ORDER);
  }

  static String value(String sql, ColumnType type) {
    ColumnType element = type.element();
    if (element != null) {
      String array = JsonForm.of(element).isNatural() ? sql : sql + "::text[]";
      return orNull("to_jsonb(" + array + ")::text");
    }
    return orNull(
        switch (JsonForm.of(type)) {
          case BOOLEAN, NUMBER -> sql + "::text";
          // Those that JSON has no number for become strings by themselves.
          case FLOAT -> "to_jsonb(" + sql + ")::text";
          case VALUE -> sql + "::jsonb::text";
          // Dates have ISO 8601 here.
          case TIME -> "to_json(" + sql + ")::text";
          case BYTES -> "to_json(translate(encode(" + sql + ", 'base64'), E'\\n', ''))::text";
          case TEXT -> "to_json(" + sql + "::text)::text";
        });
  }

  /** The value of a sub-select that may have no row. */
  static String orNull(String sql) {
    return "coalesce(" + sql + ", 'null')";
  }

  /** An object of {@link #members}. */
  static String object(SortedMap<String, String> members) {
    List<String> pieces = new ArrayList<>();
    members.forEach((name, value) -> {
      pieces.add(SqlText.literal((pieces.isEmpty() ? "{" : ", ") + quoted(name) + ": "));
      pieces.add(value);
    });
    pieces.add(SqlText.literal(members.isEmpty() ? "{}" : "}"));
    return concat(pieces);
  }

  /** An array, over the rows of a sub-select. */
  static String array(String element, String order) {
    return "concat('[', string_agg(" + element + ", ', ' order by " + order + "), ']')";
  }

  private static String concat(List<String> pieces) {
    List<String> left = pieces;
    while (left.size() > MOST_ARGUMENTS) {
      List<String> calls = new ArrayList<>();
      for (int i = 0; i < left.size(); i += MOST_ARGUMENTS) {
        calls.add(call(left.subList(i, Math.min(left.size(), i + MOST_ARGUMENTS))));
      }
      left = calls;
    }
    return call(left);
  }

  private static String call(List<String> arguments) {
    return "concat(" + String.join(", ", arguments) + ")";
  }

  /** A name as a JSON string, escaped as PostgreSQL does; it may have line ends and tabs. */
  private static String quoted(String name) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
