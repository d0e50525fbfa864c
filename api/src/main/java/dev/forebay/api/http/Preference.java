package dev.forebay.api.http;

import io.javalin.http.Context;
import java.util.Enumeration;
import java.util.Locale;

/** What the client wants to get back from a write: {@code Prefer: return=…} (RFC 7240). */
enum Preference {
  REPRESENTATION,
  MINIMAL;

  static final String HEADER = "Prefer";
  static final String APPLIED = "Preference-Applied";

  /**
   * Reads the preference and says in the answer which one was applied. The first one counts;
   * without any it is the representation.
   */
  static Preference apply(Context context) {
    Enumeration<String> headers = context.req().getHeaders(HEADER);
    while (headers.hasMoreElements()) {
      for (String part : headers.nextElement().toLowerCase(Locale.ROOT).split("[,;]", -1)) {
        switch (part.strip()) {
          case "return=minimal" -> {
            return applied(context, MINIMAL);
          }
          case "return=representation" -> {
            return applied(context, REPRESENTATION);
          }
          default -> {
            // RFC 7240 §2: a preference that is not known is ignored.
          }
        }
      }
    }
    return REPRESENTATION;
  }

  private static Preference applied(Context context, Preference preference) {
    context.header(APPLIED, "return=" + preference.name().toLowerCase(Locale.ROOT));
    return preference;
  }
}
