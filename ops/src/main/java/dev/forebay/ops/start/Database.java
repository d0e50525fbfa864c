package dev.forebay.ops.start;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.ops.config.DatabaseConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.postgresql.util.PSQLState;

/** Opens connections to the configured database. */
public final class Database {

  private static final Duration WAIT = Duration.ofSeconds(10);
  private static final int CHECK_SECONDS = 1;
  private static final String CONNECT_SECONDS = "5";

  // A renewal and its repetition must fit into the time after which the lease is taken.
  private static final Duration LEASE_ANSWER = Duration.ofSeconds(3);
  private static final Duration LEASE_WAIT = Duration.ofSeconds(2);
  private static final Duration HEALTH_WAIT = Duration.ofSeconds(2);
  private static final Duration LEASE_VALIDATION = Duration.ofSeconds(1);

  /** Longer than any statement of ours should take. */
  private static final Duration ANSWER = Duration.ofMinutes(2);

  private static final String NO_SUCH_DATABASE = "3D000";
  private static final String TOO_MANY_CONNECTIONS = "53300";
  private static final String NOT_ALLOWED = "28000";

  private final DatabaseConfig config;

  /**
   * @param config where it is
   */
  public Database(DatabaseConfig config) {
    this.config = config;
  }

  /**
   * Opens one connection, for looking around.
   *
   * @throws InvalidSetupException if there is none to be had, saying which part is wrong
   */
  public Connection connect() {
    try {
      return DriverManager.getConnection(config.jdbcUrl(), properties());
    } catch (SQLException e) {
      throw new InvalidSetupException(List.of(problem(e)));
    }
  }

  /** Opens a connection on which only replication commands work, as the engine does. */
  Connection connectForReplication() throws SQLException {
    Properties properties = properties();
    properties.setProperty("replication", "database");
    properties.setProperty("assumeMinServerVersion", "16");
    properties.setProperty("preferQueryMode", "simple");
    return DriverManager.getConnection(config.jdbcUrl(), properties);
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password().value());
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    properties.setProperty("ApplicationName", "forebay start");
    return properties;
  }

  private Problem problem(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    if (state.equals(NO_SUCH_DATABASE)) {
      return new Problem(
          "FOREBAY_DATABASE_URL",
          "database " + config.place() + " does not exist.",
          "Create it, or correct the URL.");
    }
    if (state.equals(PSQLState.INVALID_PASSWORD.getState()) || state.equals(NOT_ALLOWED)) {
      return new Problem(
          "FOREBAY_DATABASE_USER, FOREBAY_DATABASE_PASSWORD",
          "database " + config.place() + " refuses user " + config.user() + ": " + words(e),
          "Correct user and password, or allow the user in pg_hba.conf.");
    }
    if (state.equals(TOO_MANY_CONNECTIONS)) {
      return new Problem(
          "database",
          config.place() + " has no connection left: " + words(e),
          "Raise max_connections, or lower FOREBAY_DATABASE_POOL.");
    }
    return new Problem(
        "FOREBAY_DATABASE_URL",
        "database " + config.place() + " cannot be reached: " + words(e),
        "Start PostgreSQL, or correct host and port.");
  }

  static String words(SQLException e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return message.endsWith(".") ? message : message + ".";
  }

  /**
   * Opens a pool; the caller closes it. Connections that are lost are replaced.
   *
   * @param name of the application, for {@code pg_stat_activity}
   */
  HikariDataSource pool(String name) {
    return new HikariDataSource(pooled(name, ANSWER));
  }

  /**
   * Opens a pool of one connection for the lease, which must be renewed however busy the other pool
   * is, and must not hang on a connection that is dead; the caller closes it.
   */
  HikariDataSource leasePool() {
    HikariConfig pool = pooled("forebay-lease", LEASE_ANSWER);
    pool.setMaximumPoolSize(1);
    pool.setConnectionTimeout(LEASE_WAIT.toMillis());
    pool.setValidationTimeout(LEASE_VALIDATION.toMillis());
    pool.addDataSourceProperty("connectTimeout", Long.toString(LEASE_ANSWER.toSeconds()));
    return new HikariDataSource(pool);
  }

  /**
   * Opens a pool of one connection for asking whether the database is there, which must be answered
   * soon and however busy the other pool is; the caller closes it.
   */
  HikariDataSource healthPool() {
    HikariConfig pool = pooled("forebay-health", LEASE_ANSWER);
    pool.setMaximumPoolSize(1);
    pool.setConnectionTimeout(HEALTH_WAIT.toMillis());
    pool.setValidationTimeout(HEALTH_WAIT.dividedBy(2).toMillis());
    pool.addDataSourceProperty("connectTimeout", Long.toString(HEALTH_WAIT.toSeconds()));
    return new HikariDataSource(pool);
  }

  /** Opens a pool of one connection, for a verb that asks a few questions; the caller closes it. */
  HikariDataSource single(String name) {
    HikariConfig pool = pooled(name, ANSWER);
    pool.setMaximumPoolSize(1);
    return new HikariDataSource(pool);
  }

  /**
   * A pool with another limit.
   *
   * @param answer how long a statement may take; whole seconds
   */
  HikariDataSource pool(String name, Duration answer) {
    return new HikariDataSource(pooled(name, answer));
  }

  private HikariConfig pooled(String name, Duration answer) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName(name);
    pool.setJdbcUrl(config.jdbcUrl());
    pool.setUsername(config.user());
    pool.setPassword(config.password().value());
    pool.setMaximumPoolSize(config.poolSize());
    pool.setConnectionTimeout(WAIT.toMillis());
    pool.addDataSourceProperty("ApplicationName", name);
    pool.addDataSourceProperty("connectTimeout", CONNECT_SECONDS);
    pool.addDataSourceProperty("tcpKeepAlive", "true");
    // A router that forgets a connection tells nobody: without this, its thread waits for ever.
    pool.addDataSourceProperty("socketTimeout", Long.toString(answer.toSeconds()));
    return pool;
  }

  /** Why a pool's database is not there now; empty if it is. */
  static Optional<String> unreachable(DataSource pool) {
    try (Connection connection = pool.getConnection()) {
      return connection.isValid(CHECK_SECONDS)
          ? Optional.empty()
          : Optional.of("does not answer within " + CHECK_SECONDS + " s");
    } catch (SQLException e) {
      return Optional.of(words(e));
    }
  }
}
