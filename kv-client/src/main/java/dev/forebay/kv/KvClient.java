package dev.forebay.kv;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * One Workers KV namespace.
 *
 * <p>KV is eventually consistent and has no compare-and-set: never have two writes of one key in
 * flight, and do not read back to verify. Safe for any thread; calls block. An interrupted thread
 * stops waiting at once and keeps its flag.
 */
public interface KvClient extends AutoCloseable {

  /**
   * Writes any number of pairs, replacing existing values, metadata and expirations.
   *
   * <p>Split into requests within Cloudflare's limits. Not atomic. Never throws for what the server
   * or the network did: the result says so for each key.
   *
   * @param pairs keys must differ; an empty collection sends nothing
   * @throws IllegalArgumentException if a pair is outside the limits or a key stands twice, naming
   *     every such pair; nothing was sent
   */
  BulkResult bulkWrite(Collection<KvPair> pairs);

  /**
   * Writes pairs as they come, holding those of one request at a time, and tells what became of
   * each one when it is known. As {@link #bulkWrite(Collection)} otherwise.
   *
   * <p>A pair outside the limits is not sent and fails as {@link KvException.Rejected}; the others
   * go on. Keys must differ, which is not checked.
   *
   * @param outcomes called on this thread, once for each pair, in no particular order
   */
  void bulkWrite(Iterator<KvPair> pairs, BiConsumer<String, KeyOutcome> outcomes);

  /**
   * Deletes any number of keys; a key that does not exist counts as stored. As {@link #bulkWrite}
   * otherwise.
   */
  BulkResult bulkDelete(Collection<String> keys);

  /**
   * Writes one pair, replacing value, metadata and expiration. A bulk call costs the same, carries
   * more, and takes keys that URLs do not.
   *
   * @return says whether an earlier attempt may still be applied
   * @throws IllegalArgumentException if the pair is outside the limits
   * @throws KvException as its subtypes say
   */
  KeyOutcome.Stored put(KvPair pair);

  /**
   * Deletes one key, whether it exists or not.
   *
   * @return says whether an earlier attempt may still be applied
   * @throws KvException as its subtypes say
   */
  KeyOutcome.Stored delete(String key);

  /**
   * Reads one value with its metadata.
   *
   * @return empty if the key does not exist
   * @throws KvException as its subtypes say
   */
  Optional<KvEntry> get(String key);

  /**
   * Reads the value as the bytes stored, without metadata; for values that are not text.
   *
   * @return empty if the key does not exist
   * @throws KvException as its subtypes say
   */
  Optional<byte[]> getBytes(String key);

  /**
   * Reads any number of text values with their metadata, 100 per request.
   *
   * @return the keys that exist
   * @throws KvException as its subtypes say
   */
  Map<String, KvEntry> bulkGet(Collection<String> keys);

  /**
   * Lists keys in the order of their UTF-8 bytes, requesting pages as the stream is consumed.
   *
   * <p>As stale as KV itself. The stream throws {@link KvException} where a page cannot be read.
   *
   * @param prefix empty for all
   */
  Stream<KvKey> keys(String prefix);

  /**
   * How many requests could be sent now without waiting for the request budget; 0 while the server
   * refuses all. Who has work that can wait, and do more with one request, asks before.
   */
  int readyRequests();

  /**
   * Proves with one request that the namespace exists and the token may list it.
   *
   * @throws KvException as its subtypes say
   */
  void check();

  /** Ends the client's threads and connections. Calls in flight fail. */
  @Override
  void close();
}
