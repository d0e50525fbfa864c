package dev.forebay.api.route;

import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.row.Precondition;
import dev.forebay.api.row.Row;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code If-Match} and {@code If-None-Match} (RFC 9110, section 13.1). */
final class Preconditions {

  static final String IF_MATCH = "If-Match";
  static final String IF_NONE_MATCH = "If-None-Match";

  private static final String ANY = "*";

  /** One tag, and the comma behind it or the end. */
  private static final Pattern TAG =
      Pattern.compile("\\s*+(W/)?\"([\\x21\\x23-\\x7e]*+)\"\\s*+(?:,(?=.)|$)");

  /** Tags of one header: nobody has more versions of a row. */
  private static final int MOST = 100;

  private Preconditions() {}

  /**
   * Of a request that replaces or creates a row.
   *
   * @throws ApiProblem if the headers are no preconditions, or not of writes
   */
  static Precondition ofPut(Context context) {
    return read(header(context, IF_MATCH), header(context, IF_NONE_MATCH));
  }

  /**
   * Of a request that changes or deletes a row, for which {@code If-None-Match} would say nothing.
   *
   * @throws ApiProblem if the headers are no preconditions, or not of such writes
   */
  static Precondition ofChange(Context context) {
    if (header(context, IF_NONE_MATCH) != null) {
      throw malformed("Only GET and PUT take If-None-Match.");
    }
    return read(header(context, IF_MATCH), null);
  }

  /** As above, from the texts of the two headers. */
  static Precondition read(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
    if (ifNoneMatch != null) {
      if (ifMatch != null || !ifNoneMatch.strip().equals(ANY)) {
        throw malformed("PUT takes If-Match, or If-None-Match: *, and not both.");
      }
      return Precondition.ABSENT;
    }
    if (ifMatch == null) {
      return Precondition.NONE;
    }
    return ifMatch.strip().equals(ANY)
        ? Precondition.EXISTS
        : new Precondition.Version(tags(ifMatch, IF_MATCH, false));
  }

  /** Whether the client of a read has this row already. */
  static boolean has(Context context, Row row) {
    String header = header(context, IF_NONE_MATCH);
    return header != null
        && (header.strip().equals(ANY)
            || tags(header, IF_NONE_MATCH, true).contains(row.version()));
  }

  /** What is between the quotes; a weak tag is equal to none where tags must be strong. */
  private static List<String> tags(String header, String name, boolean weak) {
    List<String> tags = new ArrayList<>();
    Matcher matcher = TAG.matcher(header);
    int at = 0;
    for (int read = 0; ; read++) {
      if (read == MOST || !matcher.region(at, header.length()).lookingAt()) {
        throw malformed(
            name + " must be *, or up to 100 entity tags in double quotes as answers gave them.");
      }
      if (weak || matcher.group(1) == null) {
        tags.add(matcher.group(2));
      }
      if (matcher.end() == header.length()) {
        break;
      }
      at = matcher.end();
    }
    return tags;
  }

  private static @Nullable String header(Context context, String name) {
    List<String> values = Collections.list(context.req().getHeaders(name));
    return values.isEmpty() ? null : String.join(",", values);
  }

  private static ApiProblem malformed(String detail) {
    return ApiProblem.of(ProblemType.MALFORMED_REQUEST, detail);
  }
}
