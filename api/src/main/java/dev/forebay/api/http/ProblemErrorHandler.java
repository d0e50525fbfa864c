package dev.forebay.api.http;

import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers what Jetty refuses before any route sees it: a broken request line, too many headers. */
final class ProblemErrorHandler implements Request.Handler {

  /** What is unavailable here is a server that goes down; another one may be up by then. */
  private static final String RETRY_AFTER_SECONDS = "5";

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    ProblemType type =
        switch (response.getStatus()) {
          case 404 -> ProblemType.NOT_FOUND;
          case 405 -> ProblemType.METHOD_NOT_ALLOWED;
          case 413 -> ProblemType.CONTENT_TOO_LARGE;
          case 414 -> ProblemType.URI_TOO_LONG;
          case 431 -> ProblemType.HEADERS_TOO_LARGE;
          case 503 -> ProblemType.UNAVAILABLE;
          default ->
              response.getStatus() < ProblemType.INTERNAL.status()
                  ? ProblemType.MALFORMED_REQUEST
                  : ProblemType.INTERNAL;
        };
    response.setStatus(type.status());
    if (type == ProblemType.UNAVAILABLE) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, ProblemWriter.MEDIA_TYPE);
    String body = ProblemWriter.json(ApiProblem.of(type), null);
    Content.Sink.write(response, true, body, callback);
    return true;
  }
}
