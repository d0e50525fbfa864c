package dev.forebay.api.http;

import java.io.IOException;

/** The client closed the connection; there is nobody left to answer. */
final class ClientGoneException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ClientGoneException(IOException cause) {
    super("the client closed the connection", cause);
  }
}
