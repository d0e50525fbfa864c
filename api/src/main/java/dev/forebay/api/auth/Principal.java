package dev.forebay.api.auth;

import java.util.Collections;
import java.util.Set;

/**
 * Whoever a request comes from.
 *
 * @param name for logs and audit, for example {@code newsroom}; not unique
 * @param roles what it may do; empty: nothing
 */
public record Principal(String name, Set<String> roles) {
  public Principal {
    roles = Set.copyOf(roles);
  }

  /** Whether it has one of these roles; never if there are none. */
  public boolean hasAnyOf(Set<String> allowed) {
    return !Collections.disjoint(roles, allowed);
  }
}
