package dev.forebay.api.http;

import dev.forebay.api.limit.LimitConfig;
import java.time.Duration;
import java.util.Set;

/**
 * What the HTTP side needs to know.
 *
 * @param host address to bind
 * @param port to bind; 0 takes any that is free
 * @param maxBodyBytes of a request
 * @param maxJsonDepth levels a body may nest
 * @param stopTimeout how long requests in flight may take when the server closes
 * @param limits of what clients may ask for at once
 * @param corsOrigins whose pages may call, for example {@code https://app.example}
 * @param cookies whether answers may set a cookie, also for those pages
 */
public record HttpConfig(
    String host,
    int port,
    int maxBodyBytes,
    int maxJsonDepth,
    Duration stopTimeout,
    LimitConfig limits,
    Set<String> corsOrigins,
    boolean cookies) {

  public HttpConfig {
    corsOrigins = Set.copyOf(corsOrigins);
  }
}
