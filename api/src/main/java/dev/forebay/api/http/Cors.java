package dev.forebay.api.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import java.util.Set;

/**
 * Which pages of other origins may call the API (Fetch Standard, looked at 2026-11): those whose
 * origin is listed, letter by letter. Others get no header that would let a browser hand an answer
 * to them; that keeps out nobody else, and is no substitute for keys.
 *
 * <p>Credentials are allowed only where answers set a cookie. It holds what its client wrote, and
 * gives no rights: who calls is proven by {@code Authorization}, which no browser sends by itself.
 */
final class Cors {

  private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
  private static final String REQUEST_HEADERS =
      "Authorization, Content-Type, Prefer, If-Match, If-None-Match, Idempotency-Key, Forebay-Token,"
          + " X-Request-Id, traceparent";
  private static final String ANSWER_HEADERS =
      "ETag, Location, Link, Content-Location, Preference-Applied, Retry-After, X-Request-Id,"
          + " Forebay-Token, Forebay-Documents, Forebay-Models, Forebay-Wait";

  /** How long a browser may remember the answer to a preflight. */
  private static final String MAX_AGE_SECONDS = "600";

  private final Set<String> origins;
  private final boolean cookies;

  /**
   * @param origins as browsers send them: scheme, host and, if it is not the scheme's own, port
   * @param cookies whether answers may set one
   */
  Cors(Set<String> origins, boolean cookies) {
    this.origins = Set.copyOf(origins);
    this.cookies = cookies;
  }

  /**
   * Says what the page that asks may do.
   *
   * @return true if that was the question: a preflight, which is answered and wants no key
   */
  boolean answer(Context context) {
    if (origins.isEmpty()) {
      return false;
    }
    context.header("Vary", "Origin");
    String origin = context.header("Origin");
    if (origin == null || !origins.contains(origin)) {
      return false;
    }
    context.header("Access-Control-Allow-Origin", origin);
    if (cookies) {
      context.header("Access-Control-Allow-Credentials", "true");
    }
    boolean preflight =
        context.method().equals(HandlerType.OPTIONS)
            && context.header("Access-Control-Request-Method") != null;
    if (preflight) {
      context
          .status(HttpStatus.NO_CONTENT)
          .header("Access-Control-Allow-Methods", METHODS)
          .header("Access-Control-Allow-Headers", REQUEST_HEADERS)
          .header("Access-Control-Max-Age", MAX_AGE_SECONDS);
    } else {
      context.header("Access-Control-Expose-Headers", ANSWER_HEADERS);
    }
    return preflight;
  }
}
