package dev.forebay.worker.publish;

import dev.forebay.ledger.Intent;
import dev.forebay.ledger.Published;
import dev.forebay.ledger.Settled;
import dev.forebay.model.DocumentKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/**
 * What publishing remembers of keys. Every method is durable when it returns and throws {@link
 * dev.forebay.ledger.LedgerException} if it could not be. Safe for any thread.
 */
public interface DocumentStore {

  /** Returns what is known of each KV key; one that is missing was never published. */
  Map<String, Published> find(Collection<String> kvKeys);

  /**
   * Remembers calls that are about to be made; of one that is open already the later deadline. Make
   * none of them if it throws.
   */
  void open(Collection<Intent> intents);

  /** Remembers what keys hold now; they are dead letters no more. */
  void settle(Collection<Settled> settled);

  /** Remembers until when unanswered calls may still land, by KV key. */
  void leaveOpen(Map<String, Instant> openUntil);

  /** Remembers documents that must not be written before the day's cap lets them through. */
  void hold(Collection<DocumentKey> keys);

  /** Remembers that a document cannot be published, and why, without a value of a row. */
  void bury(DocumentKey key, String reason);
}
