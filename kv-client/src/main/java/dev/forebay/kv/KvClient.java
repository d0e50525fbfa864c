package dev.forebay.kv;

import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One Workers KV namespace.
 *
 * <p>KV is eventually consistent and has no compare-and-set: never have two writes of one key in
 * flight, and do not read back to verify. Safe for any thread; calls block.
 */
public interface KvClient extends AutoCloseable {

  /**
   * Writes any number of pairs, replacing existing values, metadata and expirations.
   *
   * <p>Split into requests within Cloudflare's limits. Not atomic. Never throws for what the server
   * or the network did: the result says so for each key.
   *
   * @param pairs keys must differ; an empty collection sends nothing
   * @throws IllegalArgumentException if a pair is outside the limits, naming every such pair;
   *     nothing was sent
   */
  BulkResult bulkWrite(Collection<KvPair> pairs);

  /**
   * Deletes any number of keys; a key that does not exist counts as stored. As {@link #bulkWrite}
   * otherwise.
   */
  BulkResult bulkDelete(Collection<String> keys);

  /**
   * Reads one value with its metadata.
   *
   * @return empty if the key does not exist
   * @throws KvException as its subtypes say
   */
  Optional<KvEntry> get(String key);

  /**
   * Lists keys in the order of their UTF-8 bytes, requesting pages as the stream is consumed.
   *
   * <p>As stale as KV itself. The stream throws {@link KvException} where a page cannot be read.
   *
   * @param prefix empty for all
   */
  Stream<KvKey> keys(String prefix);

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
