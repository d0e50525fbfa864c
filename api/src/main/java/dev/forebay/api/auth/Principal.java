package dev.forebay.api.auth;

import java.util.Collections;
import java.util.Set;

/**
 * Whoever a request comes from.
 *
 * @param name for logs, audit and the database, for example {@code newsroom}: the name of an API
 *     key, which several keys may share, or {@value #JWT} and the subject of a JWT; no key's name
 *     begins so
 * @param roles what it may do; empty: nothing
 * @param claims a JSON object: those of a JWT, and {@value #NO_CLAIMS} for an API key. They are
 *     part of a credential: for the database, never for a log
 */
public record Principal(String name, Set<String> roles, String claims) {

  /** What the names of JWTs' principals begin with. */
  public static final String JWT = "jwt:";

  /** The claims of an API key. */
  public static final String NO_CLAIMS = "{}";

  public Principal {
    roles = Set.copyOf(roles);
  }

  /** Whether it has one of these roles; never if there are none. */
  public boolean hasAnyOf(Set<String> allowed) {
    return !Collections.disjoint(roles, allowed);
  }

  /** Returns name and roles, without the claims. */
  @Override
  public String toString() {
    return "Principal[name=" + name + ", roles=" + roles + "]";
  }
}
