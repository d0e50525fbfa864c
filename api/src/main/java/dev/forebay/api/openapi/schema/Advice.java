package dev.forebay.api.openapi.schema;

import java.util.Map;
import java.util.Objects;

/** What a client should do about each kind of problem. */
final class Advice {

  private static final Map<String, String> ADVICE =
      Map.ofEntries(
          Map.entry(
              "malformed-request",
              "The body is no JSON, names a member twice or nests too deep, or a path, parameter or"
                  + " header cannot be read. Mend the request; repeating it does not help."),
          Map.entry("unauthorised", "Send the header Authorization: Bearer with a valid key."),
          Map.entry("forbidden", "Use a key with a role that this resource gives this verb to."),
          Map.entry("not-found", "No such row, or no such route: what is refused looks the same."),
          Map.entry("method-not-allowed", "The header Allow names the methods of this path."),
          Map.entry("unique-violation", "Choose other values for the columns that errors names."),
          Map.entry("still-referenced", "Delete or change the rows that refer to this one first."),
          Map.entry("conflict", "Other rows exclude this one, for example by overlapping it."),
          Map.entry(
              "request-in-progress",
              "A request with this Idempotency-Key is being answered. Wait, then repeat it."),
          Map.entry(
              "precondition-failed",
              "The row is not as If-Match or If-None-Match demands. Read it again and decide anew."),
          Map.entry("content-too-large", "Send less at once: split a batch."),
          Map.entry("uri-too-long", "Use fewer filters, or shorter ones."),
          Map.entry("unsupported-media-type", "Send the body as the operation says, in UTF-8."),
          Map.entry("invalid-content", "Mend what errors lists; each has a JSON Pointer."),
          Map.entry("invalid-reference", "Create the row that the columns in errors refer to."),
          Map.entry("constraint-violation", "The database has a rule that this row would break."),
          Map.entry(
              "idempotency-key-reused",
              "This Idempotency-Key was used for another request. Make a new one for each write."),
          Map.entry("precondition-required", "Read the row and send its ETag as If-Match."),
          Map.entry("too-many-requests", "Wait as long as Retry-After says."),
          Map.entry("headers-too-large", "Send fewer or shorter headers."),
          Map.entry("internal", "Tell the operator the requestId; the log has the rest."),
          Map.entry("overloaded", "Nothing was done. Wait as long as Retry-After says."),
          Map.entry("unavailable", "Nothing was done. Wait as long as Retry-After says."),
          Map.entry("timed-out", "Nothing was done. Wait, or ask for less at once."),
          Map.entry("contended", "Nothing was done. Repeat it after Retry-After."),
          Map.entry("read-only", "Nothing was done. The database is a standby for the moment."),
          Map.entry(
              "outcome-unknown",
              "The connection was lost during COMMIT. Look before you repeat, or repeat with the"
                  + " same Idempotency-Key."));

  private Advice() {}

  /**
   * One or two sentences.
   *
   * @param problem the last part of its type's URI
   * @throws NullPointerException if nobody has written any
   */
  static String of(String problem) {
    return Objects.requireNonNull(ADVICE.get(problem), () -> "no advice for " + problem);
  }
}
