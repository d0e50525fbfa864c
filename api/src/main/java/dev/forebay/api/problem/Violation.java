package dev.forebay.api.problem;

/**
 * One thing that is wrong in a request's body.
 *
 * @param pointer where, as a JSON Pointer (RFC 6901); empty for the whole body
 * @param detail what is wrong, one phrase; names types and limits, never the value itself
 */
public record Violation(String pointer, String detail) {

  /** Points at a member of the body. */
  public static Violation at(String member, String detail) {
    return new Violation(pointer(member), detail);
  }

  /** The same in a larger body. */
  public Violation under(String prefix) {
    return prefix.isEmpty() ? this : new Violation(prefix + pointer, detail);
  }

  /** The JSON Pointer of a member of the body. */
  public static String pointer(String member) {
    return "/" + member.replace("~", "~0").replace("/", "~1");
  }
}
