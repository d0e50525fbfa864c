package dev.forebay.api.problem;

import java.util.Locale;

/**
 * The kinds of problem the API knows. Their URIs and status codes are part of the API's contract:
 * add new ones, never change one.
 */
public enum ProblemType {
  MALFORMED_REQUEST(400, "The request cannot be read"),
  UNAUTHORISED(401, "No valid API key was given"),
  FORBIDDEN(403, "The API key has no role that may do this"),
  NOT_FOUND(404, "There is nothing here"),
  METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
  UNIQUE_VIOLATION(409, "Another row has these values already"),
  STILL_REFERENCED(409, "Other rows refer to this one"),
  CONFLICT(409, "The write conflicts with other rows"),
  REQUEST_IN_PROGRESS(409, "A request with this idempotency key is being served now"),
  PRECONDITION_FAILED(412, "The row is not the one that the request is about"),
  CONTENT_TOO_LARGE(413, "The body is too large"),
  URI_TOO_LONG(414, "The URI is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body has a media type that is not accepted here"),
  INVALID_CONTENT(422, "The content is not valid"),
  INVALID_REFERENCE(422, "The row refers to one that does not exist"),
  CONSTRAINT_VIOLATION(422, "The row breaks a rule of the database"),
  IDEMPOTENCY_KEY_REUSED(422, "The idempotency key belongs to another request"),
  PRECONDITION_REQUIRED(428, "The request must say which version of the row it is about"),
  HEADERS_TOO_LARGE(431, "The request's headers are too large"),
  INTERNAL(500, "Something went wrong here"),
  UNAVAILABLE(503, "The database cannot be reached or is overloaded"),
  TIMED_OUT(503, "The database did not finish in time"),
  CONTENDED(503, "Other writes kept this one from finishing"),
  READ_ONLY(503, "The database accepts no writes now"),
  OUTCOME_UNKNOWN(503, "The write may or may not have happened");

  private final int status;
  private final String title;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** An absolute URI, for example {@code urn:forebay:problem:unique-violation}. */
  public String uri() {
    return "urn:forebay:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The HTTP status it is answered with. */
  public int status() {
    return status;
  }

  /** One sentence for people, the same for every occurrence. */
  public String title() {
    return title;
  }
}
