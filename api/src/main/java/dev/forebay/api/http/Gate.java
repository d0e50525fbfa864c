package dev.forebay.api.http;

import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.auth.Principal;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.SqlProblems;
import io.javalin.http.Context;
import java.sql.SQLException;
import java.util.Set;

/** What every request passes first: a request id, security headers, and proof of who it is from. */
final class Gate {

  private static final String PRINCIPAL = "principal";
  private static final String SCHEME = "Bearer ";

  private final ApiKeys keys;

  Gate(ApiKeys keys) {
    this.keys = keys;
  }

  /**
   * Lets a request in or refuses it, whatever its path: what does not exist is nobody's business.
   *
   * @throws ApiProblem if there is no valid key
   */
  void admit(Context context) {
    RequestId.assign(context);
    context
        .header("Cache-Control", "no-store")
        .header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        .header("Cross-Origin-Resource-Policy", "same-origin")
        .header("Referrer-Policy", "no-referrer")
        .header("X-Content-Type-Options", "nosniff");
    context.attribute(PRINCIPAL, principal(context));
  }

  /**
   * Demands one of these roles.
   *
   * @throws ApiProblem if the principal has none
   */
  static void demand(Context context, Set<String> roles) {
    Principal principal = context.attribute(PRINCIPAL);
    if (principal == null || !principal.hasAnyOf(roles)) {
      throw ApiProblem.of(ProblemType.FORBIDDEN);
    }
  }

  private Principal principal(Context context) {
    String header = context.header("Authorization");
    if (header == null) {
      throw unauthorised(context, "Bearer realm=\"forebay\"");
    }
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw unauthorised(context, "Bearer realm=\"forebay\", error=\"invalid_request\"");
    }
    try {
      return keys.find(header.substring(SCHEME.length()).strip())
          .orElseThrow(
              () -> unauthorised(context, "Bearer realm=\"forebay\", error=\"invalid_token\""));
    } catch (SQLException e) {
      throw SqlProblems.translate(e);
    }
  }

  private static ApiProblem unauthorised(Context context, String challenge) {
    context.header("WWW-Authenticate", challenge);
    return ApiProblem.of(ProblemType.UNAUTHORISED);
  }
}
