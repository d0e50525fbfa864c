package dev.forebay.api.origin;

import dev.forebay.api.token.Requirement;
import dev.forebay.api.token.Tokens;
import dev.forebay.model.DocumentKey;
import io.javalin.http.Context;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that a request carries for its reader.
 *
 * @param texts as they came
 * @param key of the document that is asked for
 */
record CarriedTokens(Tokens tokens, List<String> texts, DocumentKey key) implements Demand {

  /** Those of the header; null if there are none. */
  static @Nullable CarriedTokens of(Context context, Tokens tokens, DocumentKey key) {
    if (context.header(Tokens.HEADER) == null) {
      return null;
    }
    return new CarriedTokens(
        tokens, Collections.list(context.req().getHeaders(Tokens.HEADER)), key);
  }

  @Override
  public Optional<Requirement> on(String history) {
    return tokens.requirement(texts, key, history);
  }
}
