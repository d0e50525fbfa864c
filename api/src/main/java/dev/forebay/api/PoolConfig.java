package dev.forebay.api;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;

/**
 * A pool of connections as the API needs it: one that would rather fail than wait.
 *
 * @param url {@code jdbc:postgresql:…}
 * @param user role that writes
 * @param password may be empty
 * @param size connections at most, 1 to 1,000; about twice the database's cores serve best
 * @param prepared whether statements may be prepared on the server; not behind a PgBouncer before
 *     1.21 in transaction mode
 */
public record PoolConfig(String url, String user, String password, int size, boolean prepared) {

  /** How long a request may wait for a connection before it is answered with 503. */
  private static final Duration WAIT = Duration.ofSeconds(2);

  private static final String CONNECT_TIMEOUT_SECONDS = "2";

  /** Longer than any statement may take: it ends only connections on which nothing answers. */
  static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(10);

  public PoolConfig {
    if (size < 1 || size > 1_000) {
      throw new IllegalArgumentException("size is " + size + "; allowed is 1 to 1000");
    }
  }

  /**
   * Opens the pool; the caller closes it.
   *
   * @throws com.zaxxer.hikari.pool.HikariPool.PoolInitializationException if the database cannot be
   *     reached
   */
  public HikariDataSource open() {
    return new HikariDataSource(hikari());
  }

  HikariConfig hikari() {
    HikariConfig config = new HikariConfig();
    config.setPoolName("forebay-api");
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(size);
    config.setAutoCommit(false);
    config.setConnectionTimeout(WAIT.toMillis());
    config.setValidationTimeout(Duration.ofSeconds(1).toMillis());
    config.addDataSourceProperty("ApplicationName", "forebay-api");
    config.addDataSourceProperty("connectTimeout", CONNECT_TIMEOUT_SECONDS);
    config.addDataSourceProperty("socketTimeout", Long.toString(SOCKET_TIMEOUT.toSeconds()));
    config.addDataSourceProperty("tcpKeepAlive", "true");
    // DETAIL quotes rows, and exceptions end in logs.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    if (!prepared) {
      config.addDataSourceProperty("prepareThreshold", "0");
    }
    return config;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "PoolConfig[url=" + url + ", user=" + user + ", size=" + size + "]";
  }
}
