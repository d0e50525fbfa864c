package dev.forebay.api.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An API key as a client has it: {@code fb_<id>_<secret>}. The id may be shown, the secret is 160
 * random bits. Keys of earlier versions are {@code fb_<secret>}; their id is the beginning of their
 * hash.
 */
final class ApiKey {

  private static final String PREFIX = "fb_";
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int ID_LETTERS = 10;
  private static final int SECRET_LETTERS = 32;
  private static final int ID_FROM_HASH = 12;
  private static final Pattern FORM =
      Pattern.compile(
          PREFIX + "(?:([a-z2-7]{" + ID_LETTERS + "})_)?[a-z2-7]{" + SECRET_LETTERS + "}");

  private final String text;
  private final String id;
  private final String hash;

  private ApiKey(String text, Matcher parts) {
    this.text = text;
    this.hash = sha256(text);
    String named = parts.group(1);
    this.id = named == null ? hash.substring(0, ID_FROM_HASH) : named;
  }

  /**
   * Reads a key.
   *
   * @return empty if it has not the form of one
   */
  static Optional<ApiKey> parse(String text) {
    Matcher parts = FORM.matcher(text);
    return parts.matches() ? Optional.of(new ApiKey(text, parts)) : Optional.empty();
  }

  /** Makes a new one. */
  static ApiKey random(SecureRandom random) {
    String text = PREFIX + letters(random, ID_LETTERS) + "_" + letters(random, SECRET_LETTERS);
    return parse(text).orElseThrow();
  }

  /** All of it: for the client, and for nobody else. */
  String text() {
    return text;
  }

  /** The part that may be shown and logged. */
  String id() {
    return id;
  }

  /** SHA-256 of all of it in hexadecimal digits, which is what is stored. */
  String hash() {
    return hash;
  }

  /** Whether it has this hash; takes as long for any other hash as for nearly the same. */
  boolean hasHash(String stored) {
    return MessageDigest.isEqual(
        hash.getBytes(StandardCharsets.US_ASCII), stored.getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns the key without its secret. */
  @Override
  public String toString() {
    return PREFIX + id + "_***";
  }

  private static String letters(SecureRandom random, int count) {
    StringBuilder letters = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      letters.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return letters.toString();
  }

  private static String sha256(String text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
