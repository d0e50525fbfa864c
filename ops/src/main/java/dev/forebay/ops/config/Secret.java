package dev.forebay.ops.config;

/**
 * A password or a token. Never appears in a log, a message or {@code toString()}.
 *
 * @param value the secret itself; ask for it where it is sent, nowhere else
 */
public record Secret(String value) {

  /** Returns {@code ***}. */
  @Override
  public String toString() {
    return "***";
  }
}
