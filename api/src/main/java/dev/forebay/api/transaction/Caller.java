package dev.forebay.api.transaction;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * For whom a transaction runs. PostgreSQL is told, so that policies, triggers and defaults may ask:
 * {@code current_setting('forebay.principal', true)} and so on.
 *
 * @param principal its name
 * @param roles of its key or token
 * @param claims a JSON object: what its token says, else {@code {}}
 * @param requestId in the answer and in the log
 * @param traceparent of the request (W3C Trace Context), or null if it has none
 */
public record Caller(
    String principal,
    Set<String> roles,
    String claims,
    String requestId,
    @Nullable String traceparent) {
  public Caller {
    roles = Set.copyOf(roles);
  }

  /** The values of {@link Transactions}' settings, in their order. */
  List<String> settings() {
    // A comma would make two roles of one.
    String named =
        roles.stream()
            .filter(role -> !role.contains(","))
            .sorted()
            .collect(Collectors.joining(","));
    return List.of(principal, named, claims, requestId);
  }
}
