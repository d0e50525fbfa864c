package dev.forebay.api.row;

import java.util.List;

/** What must be true of the row as it is, or nothing is done (RFC 9110, section 13). */
public sealed interface Precondition {

  /** Nothing. */
  Precondition NONE = new None();

  /** The row exists, whatever it is. */
  Precondition EXISTS = new Exists();

  /** There is no such row. */
  Precondition ABSENT = new Absent();

  /** Nothing must be true. */
  record None() implements Precondition {}

  /** {@code If-Match: *}. */
  record Exists() implements Precondition {}

  /** {@code If-None-Match: *}. */
  record Absent() implements Precondition {}

  /**
   * {@code If-Match} with tags.
   *
   * @param versions the row's must be one of them; none: it cannot be
   */
  record Version(List<String> versions) implements Precondition {
    public Version {
      versions = List.copyOf(versions);
    }
  }
}
