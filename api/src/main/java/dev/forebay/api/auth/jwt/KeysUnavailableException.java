package dev.forebay.api.auth.jwt;

import java.time.Duration;

/** The issuer's keys are not known and cannot be fetched: a token may be good. Ask again later. */
public final class KeysUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  KeysUnavailableException(Duration retryAfter) {
    super("the issuer's keys cannot be fetched");
    this.retryAfter = retryAfter;
  }

  /** When it is tried again at the earliest. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
