package dev.forebay.api.origin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The document that a URL names.
 *
 * @param model its read model, or what stands in its place
 * @param kvKey its key in KV without the instance's prefix, if it has one at all
 */
record DocumentPath(String model, String kvKey) {

  /** What all such paths begin with. */
  static final String ROOT = "/v1/documents/";

  /** A singleton's, and all others'. The names only count segments: the raw path is read. */
  static final List<String> ROUTES = List.of(ROOT + "{model}", ROOT + "{model}/{key}");

  /**
   * Reads the raw path of a request that was routed here. What follows the model's name in the KV
   * key is one segment, percent-encoded once more: a key has percent signs of its own.
   *
   * @return empty if it is not percent-encoded
   */
  static Optional<DocumentPath> parse(String rawPath) {
    String[] segments = rawPath.substring(ROOT.length()).split("/", -1);
    try {
      String model = decode(segments[0]);
      String key = segments.length == 1 ? "" : decode(segments[1]);
      return Optional.of(new DocumentPath(model, model + ":" + key));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String decode(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    // Its rule for "+" is that of forms.
    return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
