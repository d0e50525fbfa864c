package dev.forebay.worker.history;

import dev.forebay.kv.KvException;
import dev.forebay.ledger.LedgerException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts another history: the database is right, and of KV what it lists is known. For one thread.
 *
 * <p>Resumable: until the end the consent stays, and covers what this has made of KV.
 */
final class Adoption {

  private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

  private final HistoryParts parts;
  private final Rotation rotation;

  Adoption(HistoryParts parts, Rotation rotation) {
    this.parts = parts;
    this.rotation = rotation;
  }

  /**
   * Adopts what was seen, from the beginning or once more.
   *
   * @throws LedgerException if the ledger cannot be told, or the server is another one by now
   * @throws KvException if KV cannot be listed, or told
   */
  void run(long term, Observation seen) {
    String history = parts.ledger().beginAnother(term, UUID.randomUUID().toString());
    LOG.atInfo().addKeyValue("history", history).log("Starting another history");
    long documents = new Inventory(parts).record(term);
    rotation.promise(term, history, seen.ledger().now());
    parts.ledger().finishAnother(term, seen.ledger().now(), seen.namespace());
    LOG.atInfo()
        .addKeyValue("history", history)
        .addKeyValue("documentsInKv", documents)
        .log("Another history has begun; every document is looked at");
  }
}
