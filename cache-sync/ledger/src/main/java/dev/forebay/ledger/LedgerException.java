package dev.forebay.ledger;

/** The ledger could not be read or written. Nothing was half done: repeat the call later. */
public class LedgerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  LedgerException(String message, Throwable cause) {
    super(message, cause);
  }

  LedgerException(String message) {
    super(message);
  }

  /** There is a ledger, and the role may not read it: grant it the right, see the message. */
  public static final class NotReadable extends LedgerException {
    private static final long serialVersionUID = 1L;

    NotReadable(String schema, String role) {
      super(
          ("role %2$s may not read schema %1$s. GRANT USAGE ON SCHEMA %1$s TO %2$s;"
                  + " GRANT SELECT ON ALL TABLES IN SCHEMA %1$s TO %2$s;")
              .formatted(schema, role));
    }
  }

  /** This worker no longer leads: stop writing to KV at once, and do not come back. */
  public static final class LeaseLost extends LedgerException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message why, where no other worker's term says so
     */
    public LeaseLost(String message) {
      super(message);
    }

    LeaseLost(long held, long current) {
      super("the lease has term " + current + "; this worker holds term " + held);
    }
  }

  /**
   * Nothing may be written now, because KV may belong to another history than this database: make
   * no call. Whoever leads finds out, and goes on or says what is to be done.
   */
  public static final class Halted extends LedgerException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message why
     */
    public Halted(String message) {
      super(message);
    }
  }
}
