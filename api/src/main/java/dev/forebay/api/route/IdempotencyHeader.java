package dev.forebay.api.route;

import dev.forebay.api.http.JsonBody;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.write.IdempotencyKey;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code Idempotency-Key}, a string in double quotes
 * (draft-ietf-httpapi-idempotency-key-header-07); without them it is taken too.
 */
final class IdempotencyHeader {

  static final String NAME = "Idempotency-Key";

  private static final Pattern FORM =
      Pattern.compile("\\s*(?:\"([ !#-\\[\\]-~]{1,255})\"|([!#-~&&[^,;\\\\]]{1,255}))\\s*");

  /** What decides, besides method, route and body, what the request does. */
  private static final List<String> HEADERS =
      List.of(Preconditions.IF_MATCH, Preconditions.IF_NONE_MATCH);

  private IdempotencyHeader() {}

  /**
   * Reads the header.
   *
   * @param body of the request, or null if it has none
   * @return null if there is no header
   * @throws ApiProblem if it is not of its form
   */
  static @Nullable IdempotencyKey of(Context context, JsonBody.@Nullable Content body) {
    List<String> headers = Collections.list(context.req().getHeaders(NAME));
    if (headers.isEmpty()) {
      return null;
    }
    Matcher matcher = FORM.matcher(headers.getFirst());
    if (headers.size() > 1 || !matcher.matches()) {
      throw ApiProblem.of(
          ProblemType.MALFORMED_REQUEST,
          "Idempotency-Key must be 1 to 255 printable characters in double quotes.");
    }
    String quoted = matcher.group(1);
    return new IdempotencyKey(
        quoted == null ? Objects.requireNonNull(matcher.group(2)) : quoted,
        fingerprint(context, body));
  }

  private static String fingerprint(Context context, JsonBody.@Nullable Content body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, context.req().getMethod());
      add(digest, context.req().getRequestURI());
      for (String name : HEADERS) {
        for (String value : Collections.list(context.req().getHeaders(name))) {
          add(digest, value);
        }
        add(digest, null);
      }
      if (body != null) {
        digest.update(body.bytes());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** A header cannot hold the separator, so no two requests run together. */
  private static void add(MessageDigest digest, @Nullable String part) {
    digest.update((part == null ? "\u0000" : part + "\u0001").getBytes(StandardCharsets.UTF_8));
  }
}
