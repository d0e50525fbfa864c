package dev.forebay.api.resource;

/** A JSON value that a column cannot hold. Its message is shown to the client. */
final class RefusedValueException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String pointer;

  /**
   * @param pointer below the value that was read: empty, or into an array
   */
  RefusedValueException(String pointer, String message) {
    super(message, null, false, false);
    this.pointer = pointer;
  }

  RefusedValueException(String message) {
    this("", message);
  }

  String pointer() {
    return pointer;
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? "" : message;
  }
}
