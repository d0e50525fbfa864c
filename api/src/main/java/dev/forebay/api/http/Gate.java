package dev.forebay.api.http;

import dev.forebay.api.auth.ApiKeys;
import dev.forebay.api.auth.Principal;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.SqlProblems;
import dev.forebay.api.transaction.Caller;
import dev.forebay.model.Resource;
import dev.forebay.model.Verb;
import io.javalin.http.Context;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;

/** What every request passes first: a request id, security headers, and proof of who it is from. */
public final class Gate {

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
   * For whom the request is; whoever handles one is behind the gate.
   *
   * @throws IllegalStateException if it has not been admitted
   */
  public static Caller caller(Context context) {
    Principal principal = context.attribute(PRINCIPAL);
    String requestId = RequestId.of(context);
    if (principal == null || requestId == null) {
      throw new IllegalStateException("not admitted");
    }
    return new Caller(
        principal.name(), principal.roles(), "{}", requestId, context.header("traceparent"));
  }

  /**
   * Demands that the caller may do all of this.
   *
   * @throws ApiProblem if it has no role for one of the verbs
   */
  public static void demand(Caller caller, Resource resource, Collection<Verb> verbs) {
    for (Verb verb : verbs) {
      if (Collections.disjoint(caller.roles(), resource.rolesFor(verb))) {
        throw ApiProblem.of(ProblemType.FORBIDDEN);
      }
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
