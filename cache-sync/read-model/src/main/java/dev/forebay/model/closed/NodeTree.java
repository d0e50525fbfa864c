package dev.forebay.model.closed;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The object identifiers in a parsed query, as PostgreSQL stores it ({@code pg_node_tree}).
 *
 * <p>{@code pg_depend} is not enough: it leaves out whatever PostgreSQL brings along, so neither
 * {@code now()} nor a system catalog stands there (PinObject in postgresql.org's
 * src/backend/catalog/catalog.c, looked at 2026-11).
 *
 * @param functions called, aggregates and window functions included
 * @param operators used, those of sorting and grouping included
 * @param relations read
 * @param parsed types that text is turned into
 * @param types of all values, as far as they are told
 * @param constants types of constants
 * @param sqlValues CURRENT_DATE and its kin, by number
 */
record NodeTree(
    Set<Long> functions,
    Set<Long> operators,
    Set<Long> relations,
    Set<Long> parsed,
    Set<Long> types,
    Set<Long> constants,
    Set<Integer> sqlValues,
    boolean sampled,
    boolean locking) {

  private static final Pattern FUNCTION = Pattern.compile(":(?:funcid|aggfnoid|winfnoid) (\\d+)");
  private static final Pattern OPERATOR = Pattern.compile(":(?:opno|eqop|sortop) (\\d+)");
  private static final Pattern OPERATORS = Pattern.compile(":opnos \\(o([ \\d]*)\\)");
  private static final Pattern RELATION = Pattern.compile(":relid (\\d+)");
  private static final Pattern PARSED = Pattern.compile(":typid (\\d+)");
  private static final Pattern ALL_PARSED = Pattern.compile(":coltypes \\(o([ \\d]*)\\)");
  private static final Pattern RESULT = Pattern.compile(":resulttype (\\d+)");
  private static final Pattern TYPE =
      Pattern.compile(":(?:vartype|consttype|resulttype|funcresulttype|opresulttype) (\\d+)");
  private static final Pattern CONSTANT = Pattern.compile(":consttype (\\d+)");
  private static final Pattern SQL_VALUE = Pattern.compile("\\{SQLVALUEFUNCTION :op (\\d+)");
  private static final String CAST = "{COERCEVIAIO ";

  static NodeTree parse(String text) {
    Set<Long> operators = all(OPERATOR, text);
    operators.addAll(all(OPERATORS, text));
    Set<Long> parsed = all(PARSED, text);
    parsed.addAll(all(ALL_PARSED, text));
    for (int at = text.indexOf(CAST); at >= 0; at = text.indexOf(CAST, at + 1)) {
      parsed.addAll(all(RESULT, ownFields(text, at)));
    }
    Set<Integer> sqlValues = new LinkedHashSet<>();
    for (Matcher matcher = SQL_VALUE.matcher(text); matcher.find(); ) {
      sqlValues.add(Integer.valueOf(matcher.group(1)));
    }
    return new NodeTree(
        all(FUNCTION, text),
        operators,
        all(RELATION, text),
        parsed,
        all(TYPE, text),
        all(CONSTANT, text),
        sqlValues,
        text.contains("{TABLESAMPLECLAUSE "),
        text.contains(":hasForUpdate true"));
  }

  private static Set<Long> all(Pattern pattern, String text) {
    Set<Long> all = new LinkedHashSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      for (String number : matcher.group(1).strip().split(" +", -1)) {
        // 0: none, for example the table of a sub-query.
        if (!number.isEmpty() && !number.equals("0")) {
          all.add(Long.valueOf(number));
        }
      }
    }
    return all;
  }

  /** The text of a node without the nodes in it; braces in names are escaped with a backslash. */
  private static String ownFields(String text, int start) {
    StringBuilder own = new StringBuilder();
    int depth = 0;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
        if (depth == 0) {
          break;
        }
      } else if (depth == 1) {
        own.append(c);
      }
    }
    return own.toString();
  }
}
