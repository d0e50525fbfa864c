package dev.forebay.api.http;

import dev.forebay.api.auth.Principal;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import io.javalin.http.Context;
import java.util.Set;

/** What every request passes first: a request id, security headers, and proof of who it is from. */
final class Gate {

  private static final String PRINCIPAL = "principal";

  private final Authenticator authenticator;

  Gate(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  /**
   * Lets a request in or refuses it, whatever its path: what does not exist is nobody's business.
   *
   * @throws ApiProblem as {@link Authenticator#principal} does
   */
  void admit(Context context) {
    RequestId.assign(context);
    context
        .header("Cache-Control", "no-store")
        .header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        .header("Cross-Origin-Resource-Policy", "same-origin")
        .header("Referrer-Policy", "no-referrer")
        .header("X-Content-Type-Options", "nosniff");
    context.attribute(PRINCIPAL, authenticator.principal(context));
  }

  /**
   * Demands one of these roles.
   *
   * @throws ApiProblem if the principal has none
   */
  static void demand(Context context, Set<String> roles) {
    Principal principal = context.attribute(PRINCIPAL);
    if (principal == null || !principal.hasAnyOf(roles)) {
      context.header("WWW-Authenticate", Authenticator.INSUFFICIENT);
      throw ApiProblem.of(ProblemType.FORBIDDEN);
    }
  }
}
