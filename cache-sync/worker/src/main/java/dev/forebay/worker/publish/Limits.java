package dev.forebay.worker.publish;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What KV will never accept, however often it is asked
 * (developers.cloudflare.com/kv/platform/limits, 2026-11).
 */
final class Limits {

  private static final int MAX_KEY_BYTES = 512;
  private static final int MAX_VALUE_BYTES = 25 * 1024 * 1024;

  private Limits() {}

  /** Why this document cannot be published, or null if it can. */
  static @Nullable String faultOf(String keyPrefix, Change change) {
    int keyBytes = (keyPrefix + change.key().kvKey()).getBytes(StandardCharsets.UTF_8).length;
    if (keyBytes > MAX_KEY_BYTES) {
      return "the key has " + keyBytes + " bytes; KV allows " + MAX_KEY_BYTES;
    }
    if (change.bytes() > MAX_VALUE_BYTES) {
      return "the document has " + change.bytes() + " bytes; KV allows " + MAX_VALUE_BYTES;
    }
    return null;
  }
}
