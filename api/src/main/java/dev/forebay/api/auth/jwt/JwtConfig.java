package dev.forebay.api.auth.jwt;

import java.net.URI;
import java.util.regex.Pattern;

/**
 * Whose tokens are accepted.
 *
 * @param issuer what {@code iss} must be, letter by letter
 * @param audience what {@code aud} must be or contain
 * @param jwks where the issuer publishes its keys: https, or http on this machine
 * @param rolesClaim the claim that holds the roles: its name, or where it is nested a JSON Pointer
 *     such as {@code /realm_access/roles}
 */
public record JwtConfig(String issuer, String audience, URI jwks, String rolesClaim) {

  private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

  /**
   * Checks that nothing is empty and that the keys cannot be changed on their way.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public JwtConfig {
    if (issuer.isBlank() || audience.isBlank() || rolesClaim.isBlank()) {
      throw new IllegalArgumentException("issuer, audience and roles claim must not be empty");
    }
    if (!isTrustworthy(jwks)) {
      throw new IllegalArgumentException("the keys must come by https, or from this machine");
    }
  }

  /** Whether what comes from there is what its owner sent: by https, or from this machine. */
  public static boolean isTrustworthy(URI url) {
    String host = url.getHost();
    if (host == null || url.getRawUserInfo() != null) {
      return false;
    }
    return "https".equalsIgnoreCase(url.getScheme())
        || ("http".equalsIgnoreCase(url.getScheme()) && LOOPBACK.matcher(host).matches());
  }
}
