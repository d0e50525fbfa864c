package dev.forebay.kv.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.kv.KvException;
import java.util.Optional;
import okhttp3.Headers;
import okio.ByteString;

/** How one attempt ended. */
public sealed interface Attempt {

  /** HTTP status, 0 if there was no answer. */
  int status();

  /**
   * The API did it.
   *
   * @param envelope missing if a raw answer was asked for
   */
  record Accepted(int status, Headers headers, ByteString body, JsonNode envelope)
      implements Attempt {}

  /**
   * Certainly not applied as a whole.
   *
   * @param envelope what the API said, missing if it was not the API that answered
   */
  record Refused(int status, KvException cause, JsonNode envelope) implements Attempt {}

  /**
   * Sent, and no definite answer.
   *
   * @param tooSlow whether less work might have been answered in time
   */
  record Unanswered(int status, KvException.Ambiguous cause, boolean tooSlow) implements Attempt {}

  /** What went wrong, if anything. */
  default Optional<KvException> failure() {
    return switch (this) {
      case Accepted accepted -> Optional.empty();
      case Refused refused -> Optional.of(refused.cause());
      case Unanswered unanswered -> Optional.of(unanswered.cause());
    };
  }
}
