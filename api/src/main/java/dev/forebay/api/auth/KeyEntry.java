package dev.forebay.api.auth;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an API key, which is nothing that could be used as one.
 *
 * @param id its public part
 * @param name whose it is
 * @param roles what it may do, sorted
 * @param created when it was made
 * @param expires when it is refused by itself, or null
 * @param revoked when it was revoked, or null
 * @param lastUsed when it was last used, up to an hour less than the truth; null: never, or before
 *     this was noted
 * @param state by the database's clock
 */
public record KeyEntry(
    String id,
    String name,
    List<String> roles,
    Instant created,
    @Nullable Instant expires,
    @Nullable Instant revoked,
    @Nullable Instant lastUsed,
    State state) {

  public KeyEntry {
    roles = List.copyOf(roles);
  }

  /** Whether a key opens anything. */
  public enum State {
    LIVE,
    EXPIRED,
    REVOKED
  }
}
