package dev.forebay.api.touch.receipt;

import dev.forebay.api.token.TokenConfig;
import dev.forebay.api.token.Tokens;
import dev.forebay.api.touch.Outcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a write hands out so that its client can see it: a token, and the documents by name, as
 * headers. Safe for any thread.
 */
public final class Receipts {

  public static final String DOCUMENTS = "Forebay-Documents";
  public static final String MODELS = "Forebay-Models";

  private static final String COOKIE = "Set-Cookie";

  private final Tokens tokens;
  private final TokenConfig config;

  /** Receipts with tokens of this configuration. */
  public Receipts(Tokens tokens, TokenConfig config) {
    this.tokens = tokens;
    this.config = config;
  }

  /** What the client is told in words. */
  public static Told told(Outcome outcome) {
    return Told.of(outcome.touched());
  }

  /**
   * The headers of a reply.
   *
   * @param told what is said in words
   * @param carried as for {@link Tokens#issue}
   */
  public Map<String, String> headers(Outcome outcome, Told told, List<String> carried) {
    Map<String, String> headers = new LinkedHashMap<>();
    String token = tokens.issue(carried, outcome.touched(), outcome.history());
    headers.put(Tokens.HEADER, token);
    if (!told.documents().isEmpty()) {
      headers.put(DOCUMENTS, Told.list(told.documents()));
    }
    if (!told.models().isEmpty()) {
      headers.put(MODELS, Told.list(told.models()));
    }
    if (config.cookie()) {
      headers.put(COOKIE, cookie(token));
    }
    return headers;
  }

  /**
   * The headers of an earlier reply, for a repetition. The client may have written since: its token
   * of then joins those that it carries now, and one that has expired is left out, so that a cookie
   * is never replaced by one that knows less.
   */
  public Map<String, String> again(Map<String, String> earlier, List<String> carried) {
    Map<String, String> headers = new LinkedHashMap<>(earlier);
    String token = headers.remove(Tokens.HEADER);
    headers.remove(COOKIE);
    if (token != null) {
      tokens
          .again(token, carried)
          .ifPresent(again -> {
            headers.put(Tokens.HEADER, again);
            if (config.cookie()) {
              headers.put(COOKIE, cookie(again));
            }
          });
    }
    return headers;
  }

  private String cookie(String token) {
    String domain = config.cookieDomain();
    return Tokens.COOKIE
        + "="
        + token
        + "; Max-Age="
        + config.life().toSeconds()
        + "; Path=/"
        + (domain == null ? "" : "; Domain=" + domain)
        + "; Secure; HttpOnly; SameSite=Lax";
  }
}
