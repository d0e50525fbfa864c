package dev.forebay.kv;

/**
 * Asked before each attempt that could change something, retries included: a client may wait for
 * its budget or between attempts, and whoever may write when a call began may no longer when it is
 * sent. Called on the calling thread; may block. Safe for any thread.
 */
public interface WriteGate {

  /** Lets everything pass. */
  WriteGate OPEN = () -> {};

  /**
   * Returns if the attempt may be sent.
   *
   * @throws KvException.Cancelled if it may not; nothing was sent, and no further attempt is made
   */
  void pass();
}
