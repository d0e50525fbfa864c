package dev.forebay.api.auth.jwt;

/** A token proves nothing. The message is a constant phrase for the log, without any part of it. */
final class RefusedTokenException extends Exception {

  private static final long serialVersionUID = 1L;

  RefusedTokenException(String reason) {
    // Tokens are refused for strangers: a stack trace would be work for them.
    super(reason, null, false, false);
  }
}
