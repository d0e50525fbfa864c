package dev.forebay.worker.history;

import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvException;
import dev.forebay.kv.KvPair;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.Server;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;

/** Gives ledger and KV another nonce: promised, written, recorded. For one thread. */
final class Rotation {

  private final HistoryConfig config;
  private final HistoryParts parts;
  private final InstantSource clock;

  Rotation(HistoryConfig config, HistoryParts parts, InstantSource clock) {
    this.config = config;
    this.parts = parts;
    this.clock = clock;
  }

  /**
   * Changes the nonce of a history that goes on.
   *
   * @param seen the server, as it was when KV and the ledger were compared
   * @throws LedgerException if the ledger cannot be told
   * @throws KvException if KV cannot, or gave no answer: what was promised stays so
   */
  void rotate(long term, String history, Server seen) {
    promise(term, history, seen);
    parts.ledger().fulfil(term, seen, config.namespace());
  }

  /** Gives KV a nonce that the ledger has promised. */
  void promise(long term, String history, Server seen) {
    String nonce = parts.ledger().promise(term, UUID.randomUUID().toString());
    String key = ControlKey.name(parts.instance());
    String value = ControlKey.of(history, nonce, seen, clock.instant()).toJson();
    switch (parts.kv().bulkWrite(List.of(KvPair.of(key, value))).outcome(key)) {
      // What may land late has the same nonce.
      case KeyOutcome.Stored stored -> {}
      case KeyOutcome.Failed failed -> throw failed.cause();
      case KeyOutcome.Ambiguous ambiguous -> throw ambiguous.cause();
    }
  }
}
