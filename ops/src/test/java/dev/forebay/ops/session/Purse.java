package dev.forebay.ops.session;

import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one client: the newest of a write and the newest of a read, as headers, or as the
 * two cookies that a browser keeps. For one thread.
 */
final class Purse {

  private static final String HEADER = "Forebay-Token";

  private final boolean cookies;
  private @Nullable String written;
  private @Nullable String seen;

  Purse(boolean cookies) {
    this.cookies = cookies;
  }

  boolean hasCookies() {
    return cookies;
  }

  /** The headers of a request that is sent now. */
  void carry(HttpRequest.Builder request) {
    if (carried().isEmpty()) {
      return;
    }
    if (cookies) {
      String pairs = written == null ? "" : "forebay_token=" + written + "; ";
      request.header("Cookie", pairs + (seen == null ? "theme=dark" : "forebay_seen=" + seen));
    } else {
      request.header(HEADER, String.join(", ", carried()));
    }
  }

  /** Returns until when the token of a write is good, in seconds since 1970; 0 without one. */
  long keepOfWrite(HttpHeaders reply) {
    String token = token(reply, "forebay_token");
    written = token == null ? written : token;
    return token == null ? 0 : expiry(token);
  }

  /** The same of a read. */
  long keepOfRead(HttpHeaders reply) {
    String token = token(reply, "forebay_seen");
    seen = token == null ? seen : token;
    return token == null ? 0 : expiry(token);
  }

  private @Nullable String token(HttpHeaders reply, String cookie) {
    if (!cookies) {
      return reply.firstValue(HEADER).orElse(null);
    }
    return reply.allValues("Set-Cookie").stream()
        .filter(value -> value.startsWith(cookie + "="))
        .map(value -> value.substring(cookie.length() + 1, value.indexOf(';')))
        .findFirst()
        .orElse(null);
  }

  private List<String> carried() {
    return Stream.of(written, seen).filter(Objects::nonNull).map(Objects::requireNonNull).toList();
  }

  private static long expiry(String token) {
    byte[] payload = Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]);
    return Replies.parse(new String(payload, StandardCharsets.UTF_8)).path("e").asLong();
  }
}
