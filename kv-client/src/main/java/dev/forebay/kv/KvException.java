package dev.forebay.kv;

import java.time.Instant;
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

  /** The request itself is wrong; do not repeat it unchanged. */
  public static final class Rejected extends KvException {
    private static final long serialVersionUID = 1L;

    public Rejected(String message) {
      super(message, null);
    }
  }

  /** The token is missing, wrong, or lacks the permission "Workers KV Storage Write". */
  public static final class Unauthorised extends KvException {
    private static final long serialVersionUID = 1L;

    public Unauthorised(String message) {
      super(message, null);
    }
  }

  /** The account or the namespace does not exist. */
  public static final class NotFound extends KvException {
    private static final long serialVersionUID = 1L;

    public NotFound(String message) {
      super(message, null);
    }
  }

  /** The server or the network failed; repeat later with backoff. */
  public static final class Unavailable extends KvException {
    private static final long serialVersionUID = 1L;

    public Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
