package dev.forebay.api.route;

import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import io.javalin.http.Context;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the client prefers ({@code Prefer}, RFC 7240): {@code return=minimal} or {@code
 * representation}, and {@code handling=strict}, with which a preference that is not known or cannot
 * be applied is an error.
 */
final class Preference {

  static final String HEADER = "Prefer";
  static final String APPLIED = "Preference-Applied";

  private static final String RETURN = "return";
  private static final String HANDLING = "handling";
  private static final String MINIMAL = "minimal";
  private static final String STRICT = "strict";
  private static final Map<String, List<String>> KNOWN =
      Map.of(RETURN, List.of(MINIMAL, "representation"), HANDLING, List.of(STRICT, "lenient"));

  /** A token, a value if there is one, and parameters that nobody here asks for. */
  private static final Pattern ONE =
      Pattern.compile("\\s*([a-z0-9-]+)(?:\\s*=\\s*\"?([^\",;\\s]*)\"?)?\\s*(?:;[^,]*)?");

  private final Map<String, String> applied = new LinkedHashMap<>();

  private Preference() {}

  /**
   * Reads the preferences; of several for the same thing the first one counts.
   *
   * @throws ApiProblem if handling is strict, and one is not known
   */
  static Preference of(Context context) {
    Preference preference = new Preference();
    boolean allKnown = true;
    for (String header : Collections.list(context.req().getHeaders(HEADER))) {
      for (String one : header.toLowerCase(Locale.ROOT).split(",", -1)) {
        Matcher matcher = ONE.matcher(one);
        boolean known =
            matcher.matches()
                && matcher.group(2) != null
                && KNOWN.getOrDefault(matcher.group(1), List.of()).contains(matcher.group(2));
        if (known) {
          preference.applied.putIfAbsent(matcher.group(1), matcher.group(2));
        }
        allKnown &= known || one.isBlank();
      }
    }
    if (!allKnown && STRICT.equals(preference.applied.get(HANDLING))) {
      throw ApiProblem.of(
          ProblemType.MALFORMED_REQUEST,
          "With handling=strict, Prefer may hold return=minimal or return=representation only.");
    }
    return preference;
  }

  /** Whether the client wants no more than the outcome; it gets the row if it does not say. */
  boolean isMinimal() {
    return MINIMAL.equals(applied.get(RETURN));
  }

  /** Says which preferences were applied. */
  void tell(Map<String, String> headers) {
    if (!applied.isEmpty()) {
      headers.put(
          APPLIED,
          String.join(
              ", ",
              applied.entrySet().stream()
                  .map(one -> one.getKey() + "=" + one.getValue())
                  .toList()));
    }
  }
}
