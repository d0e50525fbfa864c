package dev.forebay.ops.explain;

import dev.forebay.kv.KvEntry;
import dev.forebay.model.DocumentDigest;
import dev.forebay.model.DocumentMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What KV holds under a key.
 *
 * @param failure why that is not known; null if it is
 * @param value the text; null if there is none
 * @param digest of the value; null if there is none
 * @param label what stands beside it; null if there is none of ours
 */
record KvFacts(
    @Nullable String failure,
    @Nullable String value,
    @Nullable DocumentDigest digest,
    @Nullable DocumentMetadata label) {

  static KvFacts unknown(String failure) {
    return new KvFacts(failure, null, null, null);
  }

  static KvFacts of(@Nullable KvEntry entry) {
    return entry == null
        ? new KvFacts(null, null, null, null)
        : new KvFacts(
            null, entry.value(), DocumentDigest.of(entry.value()), label(entry.metadataJson()));
  }

  private static @Nullable DocumentMetadata label(@Nullable String json) {
    try {
      return json == null ? null : DocumentMetadata.parse(json);
    } catch (IllegalArgumentException e) {
      return null; // other hands'
    }
  }

  @Nullable String hash() {
    return digest == null ? null : digest.hash();
  }
}
