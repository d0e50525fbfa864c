package dev.forebay.api.write;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told of a write, now and whenever it repeats the same request.
 *
 * @param status of HTTP
 * @param headers that belong to the outcome, in their order
 * @param body JSON, or null for none
 */
public record Reply(int status, Map<String, String> headers, @Nullable String body) {
  public Reply {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** The same, with more headers. */
  Reply with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Reply(status, all, body);
  }
}
