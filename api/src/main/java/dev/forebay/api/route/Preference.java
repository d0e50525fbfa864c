package dev.forebay.api.route;

import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the client prefers ({@code Prefer}, RFC 7240): {@code return=minimal} or {@code
 * representation}, {@code wait=SECONDS} for KV to have what is written, and {@code
 * handling=strict}, with which a preference that is not known or cannot be applied is an error.
 */
final class Preference {

  static final String HEADER = "Prefer";
  static final String APPLIED = "Preference-Applied";

  private static final String RETURN = "return";
  private static final String HANDLING = "handling";
  private static final String WAIT = "wait";
  private static final String MINIMAL = "minimal";
  private static final String STRICT = "strict";
  private static final Map<String, List<String>> KNOWN =
      Map.of(RETURN, List.of(MINIMAL, "representation"), HANDLING, List.of(STRICT, "lenient"));

  /** Seconds; whoever wants more gets this much. Proxies give up soon after. */
  static final int MOST_WAIT = 30;

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  /** A token, a value if there is one, and parameters that nobody here asks for. */
  private static final Pattern ONE =
      Pattern.compile("\\s*([a-z0-9-]+)(?:\\s*=\\s*\"?([^\",;\\s]*)\"?)?\\s*(?:;[^,]*)?");

  private final Map<String, String> applied = new LinkedHashMap<>();
  private @Nullable Duration wait;

  private Preference() {}

  /**
   * Reads the preferences; of several for the same thing the first one counts.
   *
   * @param mayWait whether the server can tell what a write touches, and so wait for it
   * @throws ApiProblem if handling is strict, and one is not known or cannot be followed
   */
  static Preference of(Context context, boolean mayWait) {
    Preference preference = new Preference();
    boolean allKnown = true;
    for (String header : Collections.list(context.req().getHeaders(HEADER))) {
      for (String one : header.toLowerCase(Locale.ROOT).split(",", -1)) {
        Matcher matcher = ONE.matcher(one);
        boolean known =
            matcher.matches() && preference.take(matcher.group(1), matcher.group(2), mayWait);
        allKnown &= known || one.isBlank();
      }
    }
    if (!allKnown && STRICT.equals(preference.applied.get(HANDLING))) {
      throw ApiProblem.of(
          ProblemType.MALFORMED_REQUEST,
          "With handling=strict, Prefer may hold return=minimal or return=representation"
              + (mayWait
                  ? ", and wait=SECONDS."
                  : " only: this server issues no tokens, so it does not know what to wait for."));
    }
    return preference;
  }

  /** Takes a preference, unless there is one for the same thing; false if it is not known here. */
  private boolean take(String name, @Nullable String value, boolean mayWait) {
    if (value == null) {
      return false;
    }
    if (name.equals(WAIT)) {
      if (!mayWait || !SECONDS.matcher(value).matches()) {
        return false;
      }
      if (wait == null) {
        wait = Duration.ofSeconds(Math.min(MOST_WAIT, Long.parseLong(value)));
      }
      return true;
    }
    boolean known = KNOWN.getOrDefault(name, List.of()).contains(value);
    if (known) {
      applied.putIfAbsent(name, value);
    }
    return known;
  }

  /** How long to wait, at most {@value #MOST_WAIT} s; null: not at all. */
  @Nullable Duration longestWait() {
    return wait;
  }

  /** Whether the client wants no more than the outcome; it gets the row if it does not say. */
  boolean isMinimal() {
    return MINIMAL.equals(applied.get(RETURN));
  }

  /** Says which preferences were applied, but for the waiting: a repetition may wait anew. */
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
