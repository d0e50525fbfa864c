package dev.forebay.kv.emulator;

import java.util.Map;

/** The request ends with this error. */
final class ApiError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final int code;
  private final transient Map<String, String> headers;

  ApiError(int status, int code, String message) {
    this(status, code, message, Map.of());
  }

  ApiError(int status, int code, String message, Map<String, String> headers) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  /** A field is outside the limits. Cloudflare's codes for these are not documented. */
  static ApiError invalid(String message) {
    return new ApiError(400, 10001, message);
  }

  int status() {
    return status;
  }

  int code() {
    return code;
  }

  Map<String, String> headers() {
    return headers;
  }
}
