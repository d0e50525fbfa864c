package dev.forebay.worker.publish;

import dev.forebay.ledger.Published;
import dev.forebay.model.DocumentKey;
import dev.forebay.worker.build.Built;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A built document beside what the ledger knows of its key.
 *
 * @param built the document
 * @param hash lower-case hex SHA-256 of its UTF-8, or null if the key must not exist
 * @param bytes of its UTF-8; 0 if there is none
 * @param before what the ledger knows
 */
record Change(Built built, @Nullable String hash, int bytes, Published before) {

  static Change of(Built built, Published before) {
    String json = built.json();
    if (json == null) {
      return new Change(built, null, 0, before);
    }
    byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
    return new Change(built, sha256(utf8), utf8.length, before);
  }

  DocumentKey key() {
    return built.claim().key();
  }

  /** Whether KV is known to hold this already. With an open intent nothing is known. */
  boolean isUnchanged() {
    return before.openUntil() == null
        && (hash == null ? before.hash() == null : hash.equals(before.hash()));
  }

  /** When its newest change was committed, as far as anybody knows. */
  Instant committed() {
    return built.claim().newestCommit().orElse(built.databaseTime());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
