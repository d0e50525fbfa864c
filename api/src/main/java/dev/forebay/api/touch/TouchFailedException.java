package dev.forebay.api.touch;

/**
 * The rows that a write is about to change could not be read, though the write itself might
 * succeed. The transaction is lost: run it again, and look at no rows.
 */
public final class TouchFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TouchFailedException(Throwable cause) {
    super("rows could not be read before their change", cause);
  }
}
