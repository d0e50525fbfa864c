package dev.forebay.api.write;

import org.jspecify.annotations.Nullable;

/**
 * A value that an earlier operation of the same request returns.
 *
 * @param member of the body that gets it, or null if it is part of the key
 * @param keyPart which part of the key gets it; only if there is no member
 * @param operation which one returns it, counted from 0
 * @param column of the row that it returns
 */
public record Reference(@Nullable String member, int keyPart, int operation, String column) {

  /** For a member of the body. */
  public static Reference toMember(String member, int operation, String column) {
    return new Reference(member, -1, operation, column);
  }

  /** For a part of the key. */
  public static Reference toKey(int keyPart, int operation, String column) {
    return new Reference(null, keyPart, operation, column);
  }
}
