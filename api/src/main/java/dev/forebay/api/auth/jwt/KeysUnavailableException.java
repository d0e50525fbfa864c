package dev.forebay.api.auth.jwt;

import java.time.Duration;

/** It is not known whether the issuer has a token's key: it may be good. Ask again later. */
public final class KeysUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  KeysUnavailableException(Duration retryAfter) {
    super("the issuer's keys are not known");
    this.retryAfter = retryAfter;
  }

  /** When it is tried again at the earliest. */
  public Duration retryAfter() {
    return retryAfter;
  }
}
