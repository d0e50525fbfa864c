package dev.forebay.kv.emulator;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okio.ByteString;

/** A {@code multipart/form-data} body, as far as the API uses it. */
final class Multipart {

  private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)\"?");
  private static final Pattern NAME = Pattern.compile("\\bname=\"([^\"]*)\"");
  private static final ByteString BLANK_LINE = ByteString.encodeUtf8("\r\n\r\n");

  private Multipart() {}

  /** The parts by name. */
  static Map<String, ByteString> parse(String contentType, ByteString body) {
    Matcher boundary = BOUNDARY.matcher(contentType);
    if (!boundary.find()) {
      throw ApiError.invalid("multipart without a boundary");
    }
    // The first delimiter has no line break of its own before it.
    ByteString delimiter = ByteString.encodeUtf8("\r\n--" + boundary.group(1));
    int at = delimiter.size() - 2;
    Map<String, ByteString> parts = new HashMap<>();
    while (true) {
      int headersEnd = body.indexOf(BLANK_LINE, at);
      int next = headersEnd < 0 ? -1 : body.indexOf(delimiter, headersEnd + 2);
      if (next < 0) {
        return parts;
      }
      Matcher name = NAME.matcher(body.substring(at, headersEnd).utf8());
      if (name.find()) {
        int from = headersEnd + BLANK_LINE.size();
        parts.put(name.group(1), from > next ? ByteString.EMPTY : body.substring(from, next));
      }
      at = next + delimiter.size();
    }
  }
}
