package dev.forebay.kv;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What became of one key of a bulk call. */
public sealed interface KeyOutcome {

  /**
   * KV accepted the key.
   *
   * @param openUntil if an earlier attempt of the same call had no definite answer, the time until
   *     which that attempt may still be applied; else null. Until then an older value could replace
   *     a newer one that is written meanwhile, so write the current state again afterwards.
   */
  record Stored(@Nullable Instant openUntil) implements KeyOutcome {}

  /**
   * The key was not accepted, or not by all of KV's storage ({@code unsuccessful_keys}): its value
   * may even so be readable. Try again with the newest state.
   *
   * @param cause what the caller should do
   */
  record Failed(KvException cause) implements KeyOutcome {}

  /**
   * No definite answer: a time-out or a lost connection after sending. The call may have been
   * applied, or may be applied until the given time.
   *
   * @param openUntil when to stop expecting it; write the current state again after that
   * @param cause what happened to the last attempt
   */
  record Ambiguous(Instant openUntil, KvException cause) implements KeyOutcome {}
}
