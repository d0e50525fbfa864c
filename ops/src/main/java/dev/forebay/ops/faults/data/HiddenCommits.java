package dev.forebay.ops.faults.data;

import dev.forebay.ops.faults.data.Writers.Opener;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Commits that are in the log before anybody can see them, because they wait for a standby that
 * never answers. Meanwhile all writers wait. For one thread.
 *
 * <p>The order that a careless reader gets wrong: an employee gets another boss, then that boss a
 * name; both are decoded while neither is visible; then only the first becomes visible. Who routes
 * the name too early finds nobody below it, and the first commit's document stays without it.
 */
public final class HiddenCommits {

  /** The server's checkpointer must hear of it before commits wait. */
  private static final Duration HEARD = Duration.ofMillis(500);

  private final Opener database;
  private final Random random;

  public HiddenCommits(Opener database, Random random) {
    this.database = database;
    this.random = random;
  }

  /** Lets every commit wait for a while. */
  public boolean await(Duration time) throws SQLException, InterruptedException {
    try (Connection connection = database.open()) {
      standby(connection, true);
      try {
        Thread.sleep(time);
      } finally {
        standby(connection, false);
      }
    }
    return true;
  }

  /** Makes the two commits, shows the first one, and after a moment the other. */
  public boolean reveal() throws SQLException, InterruptedException {
    try (Connection control = database.open();
        Connection first = database.open();
        Connection second = database.open()) {
      // New rows each time: the next time must not put right what this one broke.
      int id = 200_000 + 10 * random.nextInt(1_000_000);
      prepare(control, id);
      Thread.sleep(Duration.ofSeconds(2));
      long pid = pid(first);
      standby(control, true);
      try {
        CompletableFuture<Void> move =
            start(
                first, "update employee set boss_id = %d where id = %d".formatted(id + 1, id + 2));
        Thread.sleep(Duration.ofMillis(200));
        CompletableFuture<Void> name =
            start(second, "update employee set name = 'Hidden' where id = %d".formatted(id + 1));
        Thread.sleep(Duration.ofSeconds(1));
        run(control, "select pg_cancel_backend(" + pid + ")");
        Thread.sleep(Duration.ofMillis(1_500));
        standby(control, false);
        List.of(move, name).forEach(CompletableFuture::join);
      } catch (CompletionException e) {
        // The database was away; what was committed counts as ever.
        return false;
      } finally {
        standby(control, false);
      }
    }
    return true;
  }

  private static void prepare(Connection connection, int id) throws SQLException {
    run(
        connection,
        """
        insert into employee (id, name, boss_id) values (%1$d, 'Old', null),
          (%1$d + 1, 'New', null), (%1$d + 2, 'Middle', %1$d), (%1$d + 3, 'Root', %1$d + 2)\
        """
            .formatted(id));
  }

  private static CompletableFuture<Void> start(Connection connection, String sql) {
    return CompletableFuture.runAsync(() -> {
      try {
        run(connection, sql);
      } catch (SQLException e) {
        throw new CompletionException(e);
      }
    });
  }

  private static void standby(Connection connection, boolean awaited)
      throws SQLException, InterruptedException {
    run(
        connection,
        awaited
            ? "alter system set synchronous_standby_names = 'absent'"
            : "alter system reset synchronous_standby_names");
    run(connection, "select pg_reload_conf()");
    Thread.sleep(HEARD);
  }

  private static long pid(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
