package dev.forebay.api.http;

import java.time.Duration;

/**
 * What the HTTP side needs to know.
 *
 * @param host address to bind
 * @param port to bind; 0 takes any that is free
 * @param maxBodyBytes of a request
 * @param maxJsonDepth levels a body may nest
 * @param stopTimeout how long requests in flight may take when the server closes
 */
public record HttpConfig(
    String host, int port, int maxBodyBytes, int maxJsonDepth, Duration stopTimeout) {}
