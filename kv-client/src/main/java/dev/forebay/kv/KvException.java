package dev.forebay.kv;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call to KV failed. The subtypes differ by what the caller should do. No message holds a secret.
 */
public abstract sealed class KvException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private KvException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Too many requests; wait until {@link #until} and repeat. */
  public static final class Throttled extends KvException {
    private static final long serialVersionUID = 1L;
    private final Instant until;

    /**
     * @param until when requests are allowed again
     */
    public Throttled(String message, Instant until) {
      super(message, null);
      this.until = until;
    }

    /** When requests are allowed again. */
    public Instant until() {
      return until;
    }
  }

  /** The account's daily quota is used up (code 10048); nothing helps before {@link #until}. */
  public static final class QuotaExhausted extends KvException {
    private static final long serialVersionUID = 1L;
    private final Instant until;

    /**
     * @param until the next 00:00 UTC
     */
    public QuotaExhausted(String message, Instant until) {
      super(message, null);
      this.until = until;
    }

    /** The next 00:00 UTC. */
    public Instant until() {
      return until;
    }
  }

  /** The request itself is wrong; do not repeat it unchanged. The message names what is wrong. */
  public static final class Rejected extends KvException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final int[] codes;

    public Rejected(String message) {
      this(message, 0, List.of());
    }

    /**
     * @param status the HTTP status, 0 if nothing was sent
     * @param codes the API's error codes, empty if it gave none
     */
    public Rejected(String message, int status, List<Integer> codes) {
      super(message, null);
      this.status = status;
      this.codes = codes.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The HTTP status, 0 if nothing was sent. */
    public int status() {
      return status;
    }

    /** The API's error codes, empty if it gave none. */
    public List<Integer> codes() {
      return Arrays.stream(codes).boxed().toList();
    }
  }

  /** The token is missing, wrong, or lacks the permission "Workers KV Storage Write". */
  public static final class Unauthorised extends KvException {
    private static final long serialVersionUID = 1L;

    public Unauthorised(String message) {
      super(message, null);
    }
  }

  /** The account, the namespace or (for its metadata) the key does not exist. */
  public static final class NotFound extends KvException {
    private static final long serialVersionUID = 1L;
    private final int[] codes;

    public NotFound(String message) {
      this(message, List.of());
    }

    /**
     * @param codes the API's error codes, such as 10009 for a key and 10013 for a namespace
     */
    public NotFound(String message, List<Integer> codes) {
      super(message, null);
      this.codes = codes.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The API's error codes, such as 10009 for a key and 10013 for a namespace. */
    public List<Integer> codes() {
      return Arrays.stream(codes).boxed().toList();
    }
  }

  /** The server or the network failed; repeat later with backoff. */
  public static final class Unavailable extends KvException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * No definite answer: a time-out or a lost connection after sending. The call may have been
   * applied, or may be applied until {@link #openUntil}; write the current state again after that.
   */
  public static final class Ambiguous extends KvException {
    private static final long serialVersionUID = 1L;
    private final Instant openUntil;

    /**
     * @param openUntil when to stop expecting the call to be applied
     */
    public Ambiguous(String message, Instant openUntil, @Nullable Throwable cause) {
      super(message, cause);
      this.openUntil = openUntil;
    }

    /** When to stop expecting the call to be applied. */
    public Instant openUntil() {
      return openUntil;
    }
  }

  /**
   * The calling thread was interrupted (its flag is set again) or the client was closed; stop. What
   * was in flight then is reported as ambiguous instead.
   */
  public static final class Cancelled extends KvException {
    private static final long serialVersionUID = 1L;

    public Cancelled(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
