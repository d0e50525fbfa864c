package dev.forebay.api.route;

import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Key values in URLs: one path segment each, percent-encoded UTF-8 (RFC 3986). A plus sign is a
 * plus sign.
 */
final class RowUri {

  static final String ROOT = "/v1/";

  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private RowUri() {}

  /** The path of a row. */
  static String path(String resource, List<String> key) {
    StringBuilder path = new StringBuilder(ROOT).append(resource);
    key.forEach(value -> path.append('/').append(encode(value)));
    return path.toString();
  }

  /** The key in the raw path of a row: every segment after the resource's. */
  static List<String> key(String rawPath) {
    String[] segments = rawPath.substring(ROOT.length()).split("/", -1);
    List<String> key = new ArrayList<>();
    for (int i = 1; i < segments.length; i++) {
      key.add(decode(segments[i]));
    }
    return key;
  }

  /** A value as a path segment or a query parameter. */
  static String encode(String value) {
    StringBuilder out = new StringBuilder();
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      if (UNRESERVED.indexOf(b) >= 0) {
        out.append((char) b);
      } else {
        HEX.toHexDigits(out.append('%'), b);
      }
    }
    return out.toString();
  }

  private static String decode(String segment) {
    ByteBuffer bytes = ByteBuffer.allocate(segment.length() * 4);
    try {
      for (int i = 0; i < segment.length(); i++) {
        char c = segment.charAt(i);
        if (c == '%') {
          bytes.put((byte) HexFormat.fromHexDigits(segment, i + 1, i + 3));
          i += 2;
        } else {
          bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        }
      }
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw ApiProblem.of(ProblemType.MALFORMED_REQUEST, "The path is not percent-encoded UTF-8.");
    }
  }
}
