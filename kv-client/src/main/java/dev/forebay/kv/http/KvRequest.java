package dev.forebay.kv.http;

import okhttp3.HttpUrl;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * A request as the API wants it.
 *
 * @param operation what it does, for messages and listeners, such as {@code bulk write}
 * @param body null for none
 * @param pairs pairs or keys it carries
 * @param effect what happens if it is applied
 * @param raw whether a good answer is a value instead of the API's envelope
 */
public record KvRequest(
    String operation,
    String method,
    HttpUrl url,
    @Nullable RequestBody body,
    int pairs,
    Effect effect,
    boolean raw) {

  /** What a request changes. */
  public enum Effect {
    /** Nothing: without an answer it was merely in vain. */
    NONE,
    /** The same whether it is applied once or twice. */
    SETS,
    /** Something new each time: never sent again without a definite answer. */
    ADDS
  }

  /** A request that changes nothing. */
  public static KvRequest read(String operation, HttpUrl url) {
    return new KvRequest(operation, "GET", url, null, 0, Effect.NONE, false);
  }

  /** A request that may be applied twice. */
  public static KvRequest set(
      String operation, String method, HttpUrl url, @Nullable RequestBody body, int pairs) {
    return new KvRequest(operation, method, url, body, pairs, Effect.SETS, false);
  }

  /** The same, answered by a value as it is. */
  public KvRequest asRaw() {
    return new KvRequest(operation, method, url, body, pairs, effect, true);
  }
}
