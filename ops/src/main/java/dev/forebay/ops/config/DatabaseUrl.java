package dev.forebay.ops.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A database URL taken apart: {@code postgres://}, {@code postgresql://} or {@code
 * jdbc:postgresql://}, for one host. User and password may stand before the host or among the
 * parameters; the rest of the parameters stays in the JDBC URL.
 */
record DatabaseUrl(
    String jdbcUrl,
    String host,
    int port,
    String name,
    @Nullable String user,
    @Nullable Secret password) {

  static final DatabaseUrl EMPTY = new DatabaseUrl("", "", 0, "", null, null);

  private static final int DEFAULT_PORT = 5432;

  /**
   * @throws IllegalArgumentException if the text is no such URL; the message says what is wrong and
   *     repeats no part of it, for it may hold a password
   */
  static DatabaseUrl parse(String text) {
    URI uri = uri(text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text);
    boolean postgres = "postgres".equals(uri.getScheme()) || "postgresql".equals(uri.getScheme());
    if (!postgres) {
      throw new IllegalArgumentException("does not begin with postgres:// or jdbc:postgresql://.");
    }
    String host = uri.getHost();
    if (host == null) {
      throw new IllegalArgumentException("names no single host.");
    }
    String name = uri.getRawPath() == null ? "" : uri.getRawPath().replaceFirst("^/", "");
    if (name.isEmpty()) {
      throw new IllegalArgumentException("names no database.");
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    return withParameters(host, port, name, uri);
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "is not a URL (" + e.getReason() + " at character " + e.getIndex() + ").");
    }
  }

  private static DatabaseUrl withParameters(String host, int port, String name, URI uri) {
    String[] login =
        uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
    String user = login.length > 0 ? decode(login[0]) : null;
    Secret password = login.length > 1 ? new Secret(decode(login[1])) : null;
    List<String> others = new ArrayList<>();
    for (String parameter : parameters(uri)) {
      if (parameter.startsWith("user=")) {
        user = decode(parameter.substring("user=".length()));
      } else if (parameter.startsWith("password=")) {
        password = new Secret(decode(parameter.substring("password=".length())));
      } else {
        others.add(parameter);
      }
    }
    String query = others.isEmpty() ? "" : "?" + String.join("&", others);
    String jdbcUrl = "jdbc:postgresql://" + host + ":" + port + "/" + name + query;
    return new DatabaseUrl(jdbcUrl, host, port, decode(name), user, password);
  }

  private static List<String> parameters(URI uri) {
    return uri.getRawQuery() == null ? List.of() : List.of(uri.getRawQuery().split("&"));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
