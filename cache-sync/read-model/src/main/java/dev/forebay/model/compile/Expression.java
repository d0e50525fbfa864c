package dev.forebay.model.compile;

import dev.forebay.model.file.Problems;
import dev.forebay.model.file.Text;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * SQL of the user, read closely enough to know that it is one expression and stays inside the
 * parentheses it is put in. Whether it is valid and what it depends on, PostgreSQL says.
 *
 * @param sql for a prepared statement: a question mark of the user's is doubled
 */
record Expression(String sql) {

  /** A document must depend only on the tables in its tree. */
  private static final Set<String> QUERIES = Set.of("select", "table");

  /** Reads an expression; null, with a problem, if it is not one. */
  static @Nullable Expression parse(Text text, String what, Problems problems) {
    return read(text, what, false, problems);
  }

  /** Reads one whole query; null, with a problem, if it is not one. */
  static @Nullable Expression parseQuery(Text text, String what, Problems problems) {
    return read(text, what, true, problems);
  }

  private static @Nullable Expression read(
      Text text, String what, boolean query, Problems problems) {
    Scanner scanner = new Scanner(text.value(), query);
    String fault = scanner.scan();
    if (fault != null) {
      problems.add(text.at(), what + " " + fault, null);
      return null;
    }
    return new Expression(scanner.sql.toString());
  }

  private static final class Scanner {
    final String text;
    final boolean query;
    final StringBuilder sql = new StringBuilder();
    final Deque<Character> open = new ArrayDeque<>();
    String lastWord = "";
    int wordEnd;
    int at;

    Scanner(String text, boolean query) {
      this.text = text;
      this.query = query;
    }

    @Nullable String scan() {
      while (at < text.length()) {
        String fault = step(text.charAt(at));
        if (fault != null) {
          return fault;
        }
      }
      return open.isEmpty() ? null : "has an open '" + open.peek() + "'.";
    }

    private @Nullable String step(char c) {
      if (c == '\'' || c == '"') {
        return quoted(c);
      }
      if (Character.isJavaIdentifierStart(c) && c != '$') {
        return word();
      }
      if (text.startsWith("--", at) || text.startsWith("/*", at)) {
        return "holds a comment; write it as a comment of YAML.";
      }
      if (c == ';' || c == '$' || c == '\0') {
        return "holds '"
            + c
            + "' outside quotes; it must be one "
            + (query ? "SELECT." : "expression over columns.");
      }
      if (c == '(' || c == '[') {
        open.push(c);
      }
      if ((c == ')' || c == ']') && (open.isEmpty() || open.pop() != (c == ')' ? '(' : '['))) {
        return "closes a '" + c + "' that it did not open.";
      }
      sql.append(c == '?' ? "??" : String.valueOf(c));
      at++;
      return null;
    }

    /** Copies a quoted part; a doubled quote reads as two parts side by side, which is the same. */
    private @Nullable String quoted(char quote) {
      boolean escapes = quote == '\'' && lastWord.equals("e") && wordEnd == at;
      int end = at + 1;
      while (end < text.length() && text.charAt(end) != quote) {
        end += escapes && text.charAt(end) == '\\' ? 2 : 1;
      }
      if (end >= text.length()) {
        return "has an open " + quote + ".";
      }
      sql.append(text, at, end + 1);
      at = end + 1;
      return null;
    }

    private @Nullable String word() {
      int end = at;
      while (end < text.length() && Character.isJavaIdentifierPart(text.charAt(end))) {
        end++;
      }
      String word = text.substring(at, end).toLowerCase(Locale.ROOT);
      if (!query && QUERIES.contains(word)) {
        return "holds a sub-query, which is not supported yet; use 'include' for other tables.";
      }
      lastWord = word;
      wordEnd = end;
      sql.append(text, at, end);
      at = end;
      return null;
    }
  }
}
