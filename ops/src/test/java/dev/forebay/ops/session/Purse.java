package dev.forebay.ops.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one client: the newest of a write and the newest of a read, as headers, or as the
 * two cookies that a browser keeps. Of reads that ran at once neither reply knows of the other: a
 * header takes the tokens of both, of cookies the later one wins. For one thread.
 */
final class Purse {

  private static final String HEADER = "Forebay-Token";

  /** Nobody looks at more. */
  private static final int MOST = 4;

  private final boolean cookies;
  private @Nullable String written;
  private final Set<String> seen = new LinkedHashSet<>();

  Purse(boolean cookies) {
    this.cookies = cookies;
  }

  boolean hasCookies() {
    return cookies;
  }

  /**
   * Adds the headers of a request that is sent now.
   *
   * @return the tokens that it carries
   */
  List<String> carry(HttpRequest.Builder request) {
    List<String> carried = carried();
    assertThat(carried).hasSizeLessThanOrEqualTo(MOST);
    if (carried.isEmpty()) {
      return carried;
    }
    if (cookies) {
      String pairs = written == null ? "" : "forebay_token=" + written + "; ";
      String last = seen.isEmpty() ? "theme=dark" : "forebay_seen=" + String.join("", seen);
      request.header("Cookie", pairs + last);
    } else {
      request.header(HEADER, String.join(", ", carried));
    }
    return carried;
  }

  /** Returns until when the token of a write is good, in seconds since 1970; 0 without one. */
  long keepOfWrite(HttpHeaders reply) {
    String token = token(reply, "forebay_token");
    written = token == null ? written : token;
    return token == null ? 0 : expiry(token);
  }

  /**
   * The same of a read.
   *
   * @param carried by its request: its reply has all of them
   */
  long keepOfRead(HttpHeaders reply, List<String> carried) {
    String token = token(reply, "forebay_seen");
    if (token == null) {
      return 0;
    }
    if (cookies) {
      seen.clear();
    } else {
      carried.forEach(seen::remove);
    }
    seen.add(token);
    return expiry(token);
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
    List<String> carried = new ArrayList<>();
    if (written != null) {
      carried.add(written);
    }
    carried.addAll(seen);
    return carried;
  }

  private static long expiry(String token) {
    byte[] payload = Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]);
    return Replies.parse(new String(payload, StandardCharsets.UTF_8)).path("e").asLong();
  }
}
