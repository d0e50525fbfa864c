package dev.forebay.ops.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A database URL taken apart: {@code postgres://}, {@code postgresql://} or {@code
 * jdbc:postgresql://}, for one host. User and password may stand before the host or among the
 * parameters; the other parameters stay in the JDBC URL.
 */
record DatabaseUrl(
    String jdbcUrl,
    String host,
    int port,
    String name,
    String user,
    Secret password,
    String sslMode) {

  static final DatabaseUrl EMPTY = new DatabaseUrl("", "", 0, "", "", new Secret(""), "");

  private static final int DEFAULT_PORT = 5432;
  private static final Set<String> SSL_MODES =
      Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  /**
   * @throws IllegalArgumentException if the text is no such URL; the message says what is wrong and
   *     repeats no part of it that may be a password
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
    Map<String, String> parameters = parameters(uri);
    String login = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
    int colon = login.indexOf(':');
    String user = colon < 0 ? login : login.substring(0, colon);
    String password = colon < 0 ? "" : login.substring(colon + 1);
    user = parameters.getOrDefault("user", user);
    password = parameters.getOrDefault("password", password);
    parameters.keySet().removeAll(Set.of("user", "password"));
    String sslMode = parameters.getOrDefault("sslmode", "prefer");
    if (!SSL_MODES.contains(sslMode)) {
      throw new IllegalArgumentException("has sslmode '" + sslMode + "', not one of libpq's.");
    }
    return new DatabaseUrl(
        "jdbc:postgresql://" + host + ":" + port + "/" + name + query(parameters),
        host,
        port,
        decode(name),
        user.isEmpty() ? System.getProperty("user.name", "") : decode(user),
        new Secret(decode(password)),
        sslMode);
  }

  private static Map<String, String> parameters(URI uri) {
    Map<String, String> parameters = new LinkedHashMap<>();
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      if (equals > 0) {
        parameters.put(parameter.substring(0, equals), parameter.substring(equals + 1));
      }
    }
    return parameters;
  }

  private static String query(Map<String, String> parameters) {
    String query =
        parameters.entrySet().stream()
            .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
            .collect(Collectors.joining("&"));
    return query.isEmpty() ? "" : "?" + query;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
