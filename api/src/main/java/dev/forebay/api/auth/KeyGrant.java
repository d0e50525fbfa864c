package dev.forebay.api.auth;

import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a new API key is to be.
 *
 * @param name whose it is: 1 to 100 characters, no control characters; several keys may share it
 * @param roles what it may do
 * @param lifetime after which it is refused, at least a second; null: never
 */
public record KeyGrant(String name, Set<String> roles, @Nullable Duration lifetime) {

  private static final Pattern NAME = Pattern.compile("[^\\p{Cc}\\p{Cs}]{1,100}");

  /**
   * Checks the name and the lifetime.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public KeyGrant {
    roles = Set.copyOf(roles);
    if (!NAME.matcher(name).matches() || name.isBlank()) {
      throw new IllegalArgumentException(
          "a key's name has 1 to 100 characters, none of them a control character");
    }
    if (name.startsWith(Principal.JWT)) {
      throw new IllegalArgumentException(
          "a key's name does not begin with '" + Principal.JWT + "' as those of tokens do");
    }
    if (lifetime != null && lifetime.toSeconds() < 1) {
      throw new IllegalArgumentException("a key lives for a second at least");
    }
  }
}
