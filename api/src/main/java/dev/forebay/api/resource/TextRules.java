package dev.forebay.api.resource;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.problem.Violation;
import java.util.Map;

/** What JSON allows in a text and PostgreSQL cannot store. */
final class TextRules {

  private TextRules() {}

  static void check(String text) throws RefusedValueException {
    check("", text);
  }

  /** Checks every string and every member name of a JSON value. */
  static void checkAll(String pointer, JsonNode value) throws RefusedValueException {
    if (value.isTextual()) {
      check(pointer, value.asText());
    }
    for (Map.Entry<String, JsonNode> member : value.properties()) {
      check(pointer, member.getKey());
      checkAll(pointer + Violation.pointer(member.getKey()), member.getValue());
    }
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        checkAll(pointer + "/" + i, value.get(i));
      }
    }
  }

  private static void check(String pointer, String text) throws RefusedValueException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw new RefusedValueException(pointer, "must not contain U+0000");
      }
      if (Character.isSurrogate(c)) {
        if (!isPair(text, i)) {
          throw new RefusedValueException(pointer, "must not contain half a surrogate pair");
        }
        i++;
      }
    }
  }

  private static boolean isPair(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        && at + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(at + 1));
  }
}
