package dev.forebay.api;

import dev.forebay.api.docs.DocsAccess;
import dev.forebay.api.limit.LimitConfig;
import dev.forebay.api.token.TokenConfig;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the API serves.
 *
 * @param host address to bind
 * @param port to bind; 0 takes any that is free
 * @param maxBodyBytes of a request, 1 KiB to 64 MiB; a larger one is refused before it is read
 *     whole
 * @param maxJsonDepth levels a body may nest, 1 to 500
 * @param statementTimeout after which PostgreSQL cancels a statement, 1 ms to 8 s: less than the
 *     pool waits for a silent socket
 * @param lockTimeout after which a statement stops waiting for a lock, 1 ms to 8 s
 * @param stopTimeout how long requests in flight may take when the server closes, at most 10 min
 * @param limits of what clients may ask for at once
 * @param corsOrigins whose pages may call, for example {@code https://app.example}; no wildcards
 * @param docs who may read the description of the API
 * @param tokens with which a client sees what it wrote; null: none are issued, and nobody asks what
 *     a write touches
 */
public record ApiConfig(
    String host,
    int port,
    int maxBodyBytes,
    int maxJsonDepth,
    Duration statementTimeout,
    Duration lockTimeout,
    Duration stopTimeout,
    LimitConfig limits,
    Set<String> corsOrigins,
    DocsAccess docs,
    @Nullable TokenConfig tokens) {

  private static final Pattern ORIGIN =
      Pattern.compile(
          "https?://(?:[a-z0-9.-]+|\\[[0-9a-f:.]+])(?::(?!80$|443$)[0-9]{1,5})?"
              + "|https://[a-z0-9.-]+:80|http://[a-z0-9.-]+:443");

  // Before DEFAULT, whose constructor needs it.
  private static final long MAX_TIMEOUT_MILLIS =
      PoolConfig.SOCKET_TIMEOUT.minusSeconds(2).toMillis();

  /** Serves on the loopback address and port 8080. */
  public static final ApiConfig DEFAULT =
      new ApiConfig(
          "127.0.0.1",
          8080,
          1 << 20,
          64,
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          LimitConfig.DEFAULT,
          Set.of(),
          DocsAccess.WITH_KEY,
          null);

  public ApiConfig {
    check("port", port, 0, 65_535);
    check("maxBodyBytes", maxBodyBytes, 1 << 10, 1 << 26);
    check("maxJsonDepth", maxJsonDepth, 1, 500);
    check("statementTimeout (ms)", statementTimeout.toMillis(), 1, MAX_TIMEOUT_MILLIS);
    check("lockTimeout (ms)", lockTimeout.toMillis(), 1, MAX_TIMEOUT_MILLIS);
    check("stopTimeout (ms)", stopTimeout.toMillis(), 0, 600_000);
    corsOrigins = Set.copyOf(corsOrigins);
    corsOrigins.forEach(ApiConfig::checkOrigin);
  }

  /** The same, bound elsewhere. */
  public ApiConfig at(String newHost, int newPort) {
    return new ApiConfig(
        newHost,
        newPort,
        maxBodyBytes,
        maxJsonDepth,
        statementTimeout,
        lockTimeout,
        stopTimeout,
        limits,
        corsOrigins,
        docs,
        tokens);
  }

  /** The same, with other time-outs in the database. */
  public ApiConfig withTimeouts(Duration statement, Duration lock) {
    return new ApiConfig(
        host,
        port,
        maxBodyBytes,
        maxJsonDepth,
        statement,
        lock,
        stopTimeout,
        limits,
        corsOrigins,
        docs,
        tokens);
  }

  /** The same, with other bounds for requests. */
  public ApiConfig withBounds(int bodyBytes, Duration stop, LimitConfig newLimits) {
    return new ApiConfig(
        host,
        port,
        bodyBytes,
        maxJsonDepth,
        statementTimeout,
        lockTimeout,
        stop,
        newLimits,
        corsOrigins,
        docs,
        tokens);
  }

  /** The same, for pages of these origins. */
  public ApiConfig withCorsOrigins(Set<String> origins) {
    return new ApiConfig(
        host,
        port,
        maxBodyBytes,
        maxJsonDepth,
        statementTimeout,
        lockTimeout,
        stopTimeout,
        limits,
        origins,
        docs,
        tokens);
  }

  /** The same, with others who may read its description. */
  public ApiConfig withDocs(DocsAccess access) {
    return new ApiConfig(
        host,
        port,
        maxBodyBytes,
        maxJsonDepth,
        statementTimeout,
        lockTimeout,
        stopTimeout,
        limits,
        corsOrigins,
        access,
        tokens);
  }

  /** The same, with tokens. */
  public ApiConfig withTokens(@Nullable TokenConfig newTokens) {
    return new ApiConfig(
        host,
        port,
        maxBodyBytes,
        maxJsonDepth,
        statementTimeout,
        lockTimeout,
        stopTimeout,
        limits,
        corsOrigins,
        docs,
        newTokens);
  }

  private static void checkOrigin(String origin) {
    if (!ORIGIN.matcher(origin).matches()) {
      throw new IllegalArgumentException(
          "'"
              + origin
              + "' is no origin as browsers send it: scheme, host in lower case, port if it is not"
              + " the scheme's own, nothing behind; * is not allowed");
    }
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + "; allowed is " + least + " to " + most);
    }
  }
}
