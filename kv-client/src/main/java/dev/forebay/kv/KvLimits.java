package dev.forebay.kv;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cloudflare's limits for keys, values and requests, checked before anything is sent.
 *
 * <p>Source: developers.cloudflare.com/kv/platform/limits and the API reference, 2026-11.
 */
public final class KvLimits {

  /** Most bytes of a key in UTF-8. */
  public static final int KEY_BYTES = 512;

  /** Most bytes of a key's metadata as JSON. */
  public static final int METADATA_BYTES = 1024;

  /** Most bytes of a value: 25 MiB. */
  public static final int VALUE_BYTES = 25 * 1024 * 1024;

  /** Most pairs of one bulk request. */
  public static final int BULK_PAIRS = 10_000;

  /** Most bytes of one bulk request's body: 100 MB. */
  public static final long BULK_BYTES = 100_000_000;

  /** Most keys of one bulk read. */
  public static final int BULK_GET_KEYS = 100;

  /** Least time to live of a pair. */
  public static final Duration LEAST_TTL = Duration.ofSeconds(60);

  /** Least time between two writes of one key. */
  public static final Duration KEY_FLOOR = Duration.ofSeconds(1);

  private static final JsonFactory JSON = new JsonFactory();

  private KvLimits() {}

  /** What is wrong with a key, or null. */
  public static @Nullable String keyProblem(String key) {
    if (key.isEmpty() || key.equals(".") || key.equals("..")) {
      return "key must not be empty, \".\" or \"..\"";
    }
    int bytes = bytesIfOver(KEY_BYTES, key);
    if (bytes > KEY_BYTES) {
      return "key has " + bytes + " bytes, at most " + KEY_BYTES + " are allowed";
    }
    return isUnicode(key) ? null : "key has an unpaired surrogate";
  }

  /**
   * What is wrong with a pair as of now; empty if it may be sent.
   *
   * <p>Each problem names the field, and its size where the size is wrong; never the value.
   */
  public static List<String> problems(KvPair pair) {
    return problems(pair, Instant.now());
  }

  static List<String> problems(KvPair pair, Instant now) {
    List<String> problems = new ArrayList<>(0);
    addIfAny(problems, keyProblem(pair.key()));
    addIfAny(problems, valueProblem(pair));
    addIfAny(problems, metadataProblem(pair.metadataJson()));
    Duration ttl = pair.expirationTtl();
    Instant expiration = pair.expiration();
    if (ttl != null && ttl.compareTo(LEAST_TTL) < 0) {
      problems.add("expirationTtl is " + ttl + ", at least 60 s are needed");
    } else if (ttl == null && expiration != null && expiration.isBefore(now.plus(LEAST_TTL))) {
      problems.add("expiration " + expiration + " is less than 60 s from now");
    }
    return problems;
  }

  /** The problems with the key they belong to, for a message. */
  static String named(String key, List<String> problems) {
    String shown = key.length() <= 80 ? key : key.substring(0, 80) + "…";
    return "\"" + shown + "\": " + String.join("; ", problems);
  }

  private static @Nullable String valueProblem(KvPair pair) {
    long bytes;
    if (pair.base64()) {
      bytes = decodedBytes(pair.value());
      if (bytes < 0) {
        return "value is not Base64";
      }
    } else {
      if (!isUnicode(pair.value())) {
        return "value has an unpaired surrogate";
      }
      bytes = bytesIfOver(VALUE_BYTES, pair.value());
    }
    return bytes <= VALUE_BYTES ? null : tooLong(bytes);
  }

  /** What is wrong with a value of so many bytes, more than {@link #VALUE_BYTES}. */
  public static String tooLong(long bytes) {
    return "value has " + bytes + " bytes, at most " + VALUE_BYTES + " are allowed";
  }

  private static long decodedBytes(String base64) {
    try {
      return Base64.getDecoder().decode(base64).length;
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }

  private static @Nullable String metadataProblem(@Nullable String json) {
    if (json == null) {
      return null;
    }
    int bytes = bytesIfOver(METADATA_BYTES, json);
    if (bytes > METADATA_BYTES) {
      return "metadata has " + bytes + " bytes, at most " + METADATA_BYTES + " are allowed";
    }
    return isJson(json) ? null : "metadata is not JSON";
  }

  /** It goes into the body as it is, so anything but one JSON value would change the request. */
  private static boolean isJson(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  /** A lone surrogate has no UTF-8: it would silently be stored as a question mark. */
  private static boolean isUnicode(String text) {
    // Most documents are ASCII, which the JVM copies and compares faster than it shows its chars.
    byte[] utf8 = text.getBytes(UTF_8);
    if (utf8.length == text.length() && new String(utf8, ISO_8859_1).equals(text)) {
      return true;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return new String(utf8, UTF_8).equals(text);
      }
    }
    return true;
  }

  /** Encodes only where the number of characters leaves a doubt: none has more than three bytes. */
  private static int bytesIfOver(int limit, String text) {
    return text.length() <= limit / 3 ? 0 : text.getBytes(UTF_8).length;
  }

  private static void addIfAny(List<String> problems, @Nullable String problem) {
    if (problem != null) {
      problems.add(problem);
    }
  }
}
