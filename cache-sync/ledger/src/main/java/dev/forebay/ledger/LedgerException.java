package dev.forebay.ledger;

/** The ledger could not be read or written. Nothing was half done: repeat the call later. */
public class LedgerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LedgerException(String message, Throwable cause) {
    super(message, cause);
  }

  private LedgerException(String message) {
    super(message);
  }

  /** Another worker has taken a higher term: stop writing to KV at once, and do not come back. */
  public static final class LeaseLost extends LedgerException {
    private static final long serialVersionUID = 1L;

    LeaseLost(long held, long current) {
      super("the lease has term " + current + "; this worker holds term " + held);
    }
  }
}
