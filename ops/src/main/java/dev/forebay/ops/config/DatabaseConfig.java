package dev.forebay.ops.config;

/**
 * How to reach PostgreSQL.
 *
 * @param jdbcUrl {@code jdbc:postgresql://host:port/name?…} without user and password
 * @param host of the primary, not of a pooler
 * @param port for example 5432
 * @param name of the database
 * @param user whose rights Forebay has
 * @param password empty for none
 * @param sslMode as libpq calls it, for example {@code verify-full}
 * @param poolSize connections kept open, at least 2
 */
public record DatabaseConfig(
    String jdbcUrl,
    String host,
    int port,
    String name,
    String user,
    Secret password,
    String sslMode,
    int poolSize) {

  /** The same with another number of connections. */
  public DatabaseConfig withPool(int connections) {
    return new DatabaseConfig(jdbcUrl, host, port, name, user, password, sslMode, connections);
  }

  /** The same without statements prepared on the server, which a pooler may not know. */
  public DatabaseConfig unprepared() {
    String url = jdbcUrl + (jdbcUrl.contains("?") ? "&" : "?") + "prepareThreshold=0";
    return new DatabaseConfig(url, host, port, name, user, password, sslMode, poolSize);
  }

  /** Returns {@code name on host:port}, for messages. */
  public String place() {
    return name + " on " + host + ":" + port;
  }
}
