package dev.forebay.model.types;

import java.util.regex.Pattern;

/** Names and texts as TypeScript spells them. */
final class Words {

  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*");

  private Words() {}

  /** A member's name: as it is if it may be, else in quotes. */
  static String member(String name) {
    return IDENTIFIER.matcher(name).matches() ? name : literal(name);
  }

  /** A label of a tuple; none of TypeScript's reserved words begins with an underscore. */
  static String label(String name) {
    return "_" + name.replaceAll("[^A-Za-z0-9_]", "_");
  }

  /** A string literal. Characters that end a line, or could hide one, are escaped. */
  static String literal(String text) {
    StringBuilder literal = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        literal.append('\\').append(c);
      } else if (c < ' '
          || c == 0x7F
          || Character.getType(c) == Character.FORMAT
          || c == '\u2028'
          || c == '\u2029') {
        literal.append("\\u%04x".formatted((int) c));
      } else {
        literal.append(c);
      }
    }
    return literal.append('"').toString();
  }

  /** A text inside a comment, on one line and unable to end it. */
  static String comment(String text) {
    return text.replaceAll("\\s+", " ").replace("*/", "*\u200B/");
  }
}
