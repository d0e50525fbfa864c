package dev.forebay.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What the ledger remembers of a document's content: two documents with equal digests need no write
 * between them.
 *
 * @param hash SHA-256 of the value's UTF-8, 64 lower-case hexadecimal digits
 * @param bytes length of that UTF-8
 */
public record DocumentDigest(String hash, int bytes) {

  /** Returns the digest of a document's JSON. */
  public static DocumentDigest of(String json) {
    byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(utf8);
      return new DocumentDigest(HexFormat.of().formatHex(hash), utf8.length);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
