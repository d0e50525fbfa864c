package dev.forebay.worker.history;

import dev.forebay.ledger.History;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger, the database and KV say at one moment.
 *
 * @param ledger its history, and the server now
 * @param namespace of KV that was looked into
 * @param control what the control key holds; null if there is none
 * @param found a key in KV that a declared model's document would have; null if there is none, or
 *     if nobody looked, because the ledger knows documents
 * @param idle the ledger's schema of another instance with documents in this namespace that nobody
 *     leads; null likewise
 */
public record Observation(
    History.State ledger,
    String namespace,
    @Nullable String control,
    @Nullable String found,
    @Nullable String idle) {

  /** The control key; empty if there is none, or it holds something else. */
  public Optional<ControlKey> controlKey() {
    return Optional.ofNullable(control).flatMap(ControlKey::parse);
  }
}
