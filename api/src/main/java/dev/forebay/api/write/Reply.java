package dev.forebay.api.write;

import dev.forebay.api.token.Touched;
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
 * @param touched what the write touched; null if nobody asked
 */
public record Reply(
    int status, Map<String, String> headers, @Nullable String body, @Nullable Touched touched) {
  public Reply {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /** A reply to a write of which nobody asks what it touched. */
  public Reply(int status, Map<String, String> headers, @Nullable String body) {
    this(status, headers, body, null);
  }

  /** The same, of a write that touched this, with more headers. */
  Reply with(Map<String, String> more, Touched touching) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Reply(status, all, body, touching);
  }
}
