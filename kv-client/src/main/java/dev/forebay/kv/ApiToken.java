package dev.forebay.kv;

/**
 * A Cloudflare API token. Its text never leaves through {@code toString()}, and {@link #redact}
 * takes it out of texts that others wrote.
 */
public final class ApiToken {

  private final String text;

  private ApiToken(String text) {
    this.text = text;
  }

  /**
   * Takes a token as it was configured; surrounding white space is dropped.
   *
   * @param text empty for a server without authentication, such as {@code wrangler pages dev}
   * @throws IllegalArgumentException if a character cannot stand in a header; the message does not
   *     show the token
   */
  public static ApiToken of(String text) {
    String token = text.strip();
    if (!token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IllegalArgumentException(
          "API token: only printable ASCII without spaces is allowed");
    }
    return new ApiToken(token);
  }

  /** No authentication. */
  public static ApiToken none() {
    return new ApiToken("");
  }

  /** Whether requests go without authentication. */
  public boolean isEmpty() {
    return text.isEmpty();
  }

  /** The secret itself, for the Authorization header and nothing else. */
  public String reveal() {
    return text;
  }

  /** The text with every occurrence of the token replaced by {@code ***}. */
  public String redact(String message) {
    return text.isEmpty() ? message : message.replace(text, "***");
  }

  @Override
  public String toString() {
    return "***";
  }
}
