package dev.forebay.ops.config;

import org.jspecify.annotations.Nullable;

/**
 * How to reach PostgreSQL.
 *
 * @param jdbcUrl {@code jdbc:postgresql://host:port/name?…} without user and password
 * @param host for messages
 * @param port for messages
 * @param name of the database
 * @param user null for the operating system's
 * @param password null for none
 * @param poolSize connections kept open, at least 2
 */
public record DatabaseConfig(
    String jdbcUrl,
    String host,
    int port,
    String name,
    @Nullable String user,
    @Nullable Secret password,
    int poolSize) {

  /** Returns {@code name on host:port}, for messages. */
  public String place() {
    return name + " on " + host + ":" + port;
  }
}
