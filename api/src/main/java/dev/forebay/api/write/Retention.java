package dev.forebay.api.write;

import dev.forebay.model.Instance;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes replies and audit entries that are past their time, a bounded number at once, so that no
 * backlog holds locks or a connection for long. Several processes may do it side by side.
 */
public final class Retention implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /** How long an audit entry is kept. */
  public static final Duration AUDIT_KEPT = Duration.ofDays(90);

  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final int MOST = 10_000;
  private static final int MOST_BATCHES = 100;

  private final DataSource dataSource;
  private final String replies;
  private final String entries;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("forebay-api-retention").factory());

  /**
   * @param instance whose ledger it is
   */
  public Retention(DataSource dataSource, Instance instance) {
    this.dataSource = dataSource;
    this.replies = delete(new TableName(instance.databaseName(), "idempotency"), "created_at");
    this.entries = delete(new TableName(instance.databaseName(), "audit"), "at");
  }

  /** Begins to delete, once a minute. */
  public void start() {
    Future<?> unused =
        thread.scheduleWithFixedDelay(
            this::runLogged, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  /**
   * Deletes once.
   *
   * @return how many rows, of both kinds
   */
  int run() throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(true);
      return deleteAll(connection, replies, IdempotencyKeys.KEPT)
          + deleteAll(connection, entries, AUDIT_KEPT);
    }
  }

  private void runLogged() {
    try {
      int rows = run();
      LOG.atDebug().addKeyValue("rows", rows).log("deleted what is past its time");
    } catch (SQLException | RuntimeException e) {
      // The next minute tries again; until then the tables only grow.
      LOG.atWarn().setCause(e).log("old replies and audit entries could not be deleted");
    }
  }

  /** In batches, each a transaction of its own, as long as there is a whole one. */
  private static int deleteAll(Connection connection, String sql, Duration kept)
      throws SQLException {
    int all = 0;
    for (int batch = 0; batch < MOST_BATCHES; batch++) {
      int deleted = delete(connection, sql, kept);
      all += deleted;
      if (deleted < MOST) {
        break;
      }
    }
    return all;
  }

  private static int delete(Connection connection, String sql, Duration kept) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, kept.toSeconds());
      statement.setInt(2, MOST);
      return statement.executeUpdate();
    }
  }

  private static String delete(TableName table, String time) {
    return """
    delete from %1$s where ctid = any (array(
      select ctid from %1$s where %2$s < now() - make_interval(secs => ?) limit ?
      for update skip locked))\
    """
        .formatted(table.sql(), time);
  }
}
