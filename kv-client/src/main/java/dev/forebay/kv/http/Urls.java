package dev.forebay.kv.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

/** Percent-encoding of keys in URLs: every byte of UTF-8 but the unreserved ones. */
public final class Urls {

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(US_ASCII);

  private Urls() {}

  /** The text such that it can stand as one path segment or one query value. */
  public static String encode(String text) {
    StringBuilder encoded = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(UTF_8)) {
      if (unreserved(b)) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append((char) HEX[(b >> 4) & 0xf]).append((char) HEX[b & 0xf]);
      }
    }
    return encoded.toString();
  }

  private static boolean unreserved(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '.'
        || b == '_'
        || b == '~';
  }
}
