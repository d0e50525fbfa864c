package dev.forebay.kv.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came.
 *
 * @param number from 1, over all requests of the emulator
 * @param path segments, percent-decoded
 * @param query last value of each parameter
 */
record HttpRequest(
    long number,
    String method,
    List<String> path,
    Map<String, String> query,
    String contentType,
    @Nullable String authorization,
    ByteString body) {

  static HttpRequest read(long number, HttpExchange exchange) throws IOException {
    List<String> path = new ArrayList<>();
    for (String segment : exchange.getRequestURI().getRawPath().substring(1).split("/", -1)) {
      path.add(decode(segment));
    }
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    return new HttpRequest(
        number,
        exchange.getRequestMethod(),
        path,
        query(exchange.getRequestURI().getRawQuery()),
        type == null ? "" : type,
        exchange.getRequestHeaders().getFirst("Authorization"),
        ByteString.of(exchange.getRequestBody().readAllBytes()));
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new HashMap<>();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        query.put(decode(name), decode(value.replace('+', ' ')));
      }
    }
    return query;
  }

  /** Unlike {@code URLDecoder} it leaves a plus alone, which is one in a path. */
  private static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] raw = text.getBytes(UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(raw.length);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%' && i + 2 < raw.length) {
        decoded.write(Character.digit(raw[i + 1], 16) << 4 | Character.digit(raw[i + 2], 16));
        i += 2;
      } else {
        decoded.write(raw[i]);
      }
    }
    return decoded.toString(UTF_8);
  }
}
