package dev.forebay.worker.publish;

import dev.forebay.ledger.Call;
import dev.forebay.ledger.Published;
import dev.forebay.ledger.Settled;
import dev.forebay.model.DocumentKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/**
 * What publishing remembers of keys. Every method is durable when it returns and throws {@link
 * dev.forebay.ledger.LedgerException} if it could not be. Safe for any thread.
 */
public interface DocumentStore {

  /**
   * Returns what is known of each KV key, but for calls under way; one that is missing was never
   * published.
   */
  Map<String, Published> find(Collection<String> kvKeys);

  /**
   * Remembers a call that is about to be made; of one that is open already the later deadline. Do
   * not make it if this throws, and abandon it.
   */
  void open(Call call);

  /**
   * Remembers how a call ended; abandon it if this throws.
   *
   * @param settled what keys hold now; they are dead letters no more
   * @param unanswered until when it may still be applied to the others, by KV key
   */
  void close(UUID call, Collection<Settled> settled, Map<String, Instant> unanswered);

  /**
   * Says that nobody will close a call: from the next {@link #find} on, its keys are in doubt.
   * Never throws.
   */
  void abandon(UUID call);

  /** Remembers what keys are known to hold without a call; they are dead letters no more. */
  void settle(Collection<Settled> settled);

  /** Remembers documents that must not be written before the day's cap lets them through. */
  void hold(Collection<DocumentKey> keys);

  /** Remembers that a document cannot be published, and why, without a value of a row. */
  void bury(DocumentKey key, String reason);
}
