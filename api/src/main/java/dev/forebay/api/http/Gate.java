package dev.forebay.api.http;

import dev.forebay.api.auth.Principal;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.transaction.Caller;
import dev.forebay.model.Resource;
import dev.forebay.model.Verb;
import io.javalin.http.Context;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * What every request passes first, the cheapest first: a request id, security headers, what pages
 * of other origins may do, room for one more request, proof of who it is from, and how many that
 * principal has sent.
 */
public final class Gate {

  private static final String PRINCIPAL = "principal";

  /** Of every answer, unless its route says something else; encoded once and not each time. */
  private static final List<HttpField> HEADERS =
      List.of(
          new PreEncodedHttpField("Cache-Control", "no-store"),
          new PreEncodedHttpField(
              "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
          new PreEncodedHttpField("Cross-Origin-Resource-Policy", "same-origin"),
          new PreEncodedHttpField("Referrer-Policy", "no-referrer"),
          new PreEncodedHttpField("X-Content-Type-Options", "nosniff"));

  private final Cors cors;
  private final Admission admission;
  private final Authenticator authenticator;
  private final List<String> provenBelow;

  /**
   * @param provenBelow what the paths begin with that want no key, see {@link Routes#provenBelow}
   */
  Gate(
      Cors cors, Admission admission, Authenticator authenticator, Collection<String> provenBelow) {
    this.cors = cors;
    this.admission = admission;
    this.authenticator = authenticator;
    this.provenBelow = List.copyOf(provenBelow);
  }

  /**
   * Lets a request in or refuses it, whatever its path: what does not exist is nobody's business.
   *
   * @throws ApiProblem if there is no room, or too much of the same, or as {@link
   *     Authenticator#principal} does
   */
  void admit(Context context) {
    RequestId.assign(context);
    TraceContext.assign(context);
    HttpFields.Mutable headers =
        ServletContextRequest.getServletContextRequest(context.req())
            .getServletContextResponse()
            .getHeaders();
    HEADERS.forEach(headers::put);
    if (cors.answer(context)) {
      leave(context);
      context.skipRemainingHandlers();
      return;
    }
    admission.enter(context);
    if (isProvenByItsRoute(context.path())) {
      return;
    }
    Principal principal = authenticator.principal(context);
    context.attribute(PRINCIPAL, principal);
    admission.count(principal.name());
  }

  /** By the very path that the request is routed by, as it was sent. */
  private boolean isProvenByItsRoute(String path) {
    for (String start : provenBelow) {
      if (path.startsWith(start)) {
        return true;
      }
    }
    return false;
  }

  /** Forgets the request for the log; the thread may serve another one. */
  static void leave(Context context) {
    RequestId.clear();
    TraceContext.clear();
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
        principal.name(),
        principal.roles(),
        principal.claims(),
        requestId,
        TraceContext.of(context));
  }

  /** Gives the request's room to others: it will only wait, and then send what it has. */
  public static void release(Context context) {
    Admission.done(context);
  }

  /** Whether the caller may see the rows of a resource, not only change them. */
  public static boolean maySee(Caller caller, Resource resource) {
    return !Collections.disjoint(caller.roles(), resource.rolesFor(Verb.READ));
  }

  /**
   * Demands that the caller may do all of this.
   *
   * @throws ApiProblem if it has no role for one of the verbs
   */
  public static void demand(
      Context context, Caller caller, Resource resource, Collection<Verb> verbs) {
    for (Verb verb : verbs) {
      if (Collections.disjoint(caller.roles(), resource.rolesFor(verb))) {
        context.header("WWW-Authenticate", Authenticator.INSUFFICIENT);
        throw ApiProblem.of(ProblemType.FORBIDDEN);
      }
    }
  }
}
