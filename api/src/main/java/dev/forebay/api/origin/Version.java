package dev.forebay.api.origin;

import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one snapshot of the primary says a key holds. Immutable; the bytes are not to be changed.
 *
 * @param key which document
 * @param json its UTF-8; null if there is no such document
 * @param hash SHA-256 of that, 64 lower-case hexadecimal digits; empty if there is none
 * @param snapshot the version
 * @param history which life of the database it is a snapshot of
 * @param asOf the database's clock then, ISO 8601
 * @param takenNanos the clock of the cache at a moment before the snapshot was taken
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and copying would double it.
record Version(
    DocumentKey key,
    byte @Nullable [] json,
    String hash,
    Snapshot snapshot,
    String history,
    String asOf,
    long takenNanos) {

  /** Longer ones are rare, and would not fit into the head of an answer. */
  private static final int MOST_SNAPSHOT = 4_096;

  /** What an entry weighs beside its texts: objects, and the cache's own. */
  private static final int OVERHEAD = 512;

  /**
   * Makes the version.
   *
   * @param json as it was built; null if no root row has the key
   */
  static Version of(
      DocumentKey key,
      @Nullable String json,
      Snapshot snapshot,
      String history,
      Instant asOf,
      long takenNanos) {
    byte[] utf8 = json == null ? null : json.getBytes(StandardCharsets.UTF_8);
    String hash = json == null ? "" : DocumentDigest.of(json).hash();
    return new Version(key, utf8, hash, snapshot, history, asOf.toString(), takenNanos);
  }

  /** Its entity tag. */
  String tag() {
    return '"' + hash + '"';
  }

  /**
   * The snapshot for the reader's token, so that nothing older is served after it: in full, or
   * rounded up where very many transactions are in progress. A ceiling would be taken for exact.
   */
  String snapshotHeader() {
    String text = snapshot.toString();
    return text.length() <= MOST_SNAPSHOT ? text : snapshot.roundedUp().toString();
  }

  /** About how many bytes of memory it takes. */
  int weight() {
    int texts = 2 * key.kvKey().length() + snapshot.toString().length();
    return OVERHEAD + texts + (json == null ? 0 : json.length);
  }
}
