package dev.forebay.worker.capture;

import dev.forebay.ledger.LedgerException;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One engine's life, and the proof that its slot is the one we looked at.
 *
 * <p>Where the slot has gone, Debezium quietly makes a new one, and what was committed in between
 * never comes. So a marker is written into the log after the slot was seen and before the engine
 * starts; the engine's own heartbeats come later. A slot that existed all the time delivers the
 * marker first. A heartbeat without the marker before it means a new slot, and every model is
 * resynced. Confined to the engine's thread.
 */
final class Attempt {

  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
  private static final long RETRY_MILLIS = 500;

  private final String nonce = UUID.randomUUID().toString();
  private final Resync resync;
  private boolean proven;

  /** Durably requests a resync of every model, for the reason given. */
  interface Resync {
    void request(String reason) throws SQLException;
  }

  /**
   * @param resync is asked for if the slot turns out to be another one
   */
  Attempt(Resync resync) {
    this.resync = resync;
  }

  /** What this attempt's heartbeats say. */
  String nonce() {
    return nonce;
  }

  /** What the message says that must come before them. */
  String marker() {
    return "start " + nonce;
  }

  /** A message has come through the log. */
  void heard(String content) throws InterruptedException {
    if (content.equals(marker())) {
      proven = true;
    } else if (content.equals(nonce) && !proven) {
      LOG.atWarn().log("The replication slot was replaced; resyncing every model");
      request();
      proven = true;
    }
  }

  /** Nothing may be acknowledged before the request is durable, so there is nothing else to do. */
  private void request() throws InterruptedException {
    while (true) {
      try {
        resync.request("replication slot replaced");
        return;
      } catch (SQLException | LedgerException e) {
        LOG.atWarn().setCause(e).log("Cannot request a resync; trying again");
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      }
    }
  }
}
