package dev.forebay.api.write;

import dev.forebay.api.transaction.Caller;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a write has to know of the request it is for, besides what it asks for.
 *
 * @param caller who asks
 * @param key by which repetitions are known, or null
 * @param tokens that came with it, as they came
 * @param named whether the caller may be told by name what it touches: who may not see rows learns
 *     no key of theirs
 */
public record Request(
    Caller caller, @Nullable IdempotencyKey key, List<String> tokens, boolean named) {
  public Request {
    tokens = List.copyOf(tokens);
  }
}
