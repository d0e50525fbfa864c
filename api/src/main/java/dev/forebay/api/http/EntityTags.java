package dev.forebay.api.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Entity tags of what is the same for everybody who may see it. */
public final class EntityTags {

  private EntityTags() {}

  /**
   * Whether the client has this version: tags compare weakly here (RFC 9110, section 13.1.2).
   *
   * @param header {@code If-None-Match}, or null if there is none
   * @param tag with its quotes
   */
  public static boolean has(@Nullable String header, String tag) {
    return header != null
        && Arrays.stream(header.split(",", -1))
            .map(String::strip)
            .anyMatch(one -> one.equals("*") || one.equals(tag) || one.equals("W/" + tag));
  }
}
