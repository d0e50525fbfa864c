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

  private static final int TRIES = 50;

  private final Opener database;
  private final Random random;

  public HiddenCommits(Opener database, Random random) {
    this.database = database;
    this.random = random;
  }

  /** Lets every commit wait for a while. */
  public boolean await(Duration time) throws SQLException, InterruptedException {
    standby(true);
    try {
      Thread.sleep(time);
    } finally {
      standby(false);
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
      standby(true);
      try {
        return reveal(control, first, second, id);
      } catch (CompletionException e) {
        // The database was away; what was committed counts as ever.
        return false;
      } finally {
        standby(false);
      }
    }
  }

  private boolean reveal(Connection control, Connection first, Connection second, int id)
      throws SQLException, InterruptedException {
    long pid = pid(first);
    if (!probe(control, first, pid)) {
      return false;
    }
    long otherPid = pid(second);
    CompletableFuture<Void> move =
        start(first, "update employee set boss_id = %d where id = %d".formatted(id + 1, id + 2));
    boolean bothWait = waits(control, pid, move);
    CompletableFuture<Void> name =
        start(second, "update employee set name = 'Hidden' where id = %d".formatted(id + 1));
    bothWait &= waits(control, otherPid, name);
    // Time for both to be decoded.
    Thread.sleep(Duration.ofSeconds(1));
    run(control, "select pg_cancel_backend(" + pid + ")");
    Thread.sleep(Duration.ofMillis(1_500));
    standby(false);
    List.of(move, name).forEach(CompletableFuture::join);
    return bothWait;
  }

  /** The setting takes effect at some later moment: commits until one has to be called off. */
  private static boolean probe(Connection control, Connection session, long pid)
      throws SQLException, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      CompletableFuture<Void> commit =
          start(session, "select pg_logical_emit_message(true, 'probe', '')");
      boolean waits = waits(control, pid, commit);
      if (waits) {
        run(control, "select pg_cancel_backend(" + pid + ")");
      }
      commit.join();
      if (waits) {
        return true;
      }
    }
    return false;
  }

  /** Whether a commit waits for the standby; false if it is over, or is not seen to wait. */
  private static boolean waits(Connection control, long pid, CompletableFuture<Void> commit)
      throws SQLException, InterruptedException {
    String sql =
        "select count(*) from pg_stat_activity where wait_event = 'SyncRep' and pid = " + pid;
    for (int i = 0; i < TRIES && !commit.isDone(); i++) {
      try (Statement statement = control.createStatement();
          ResultSet row = statement.executeQuery(sql)) {
        row.next();
        if (row.getInt(1) == 1) {
          return true;
        }
      }
      Thread.sleep(Duration.ofMillis(50));
    }
    return false;
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
    return CompletableFuture.runAsync(
        () -> {
          try {
            run(connection, sql);
          } catch (SQLException e) {
            throw new CompletionException(e);
          }
        },
        // Each blocks until it is let go, so that a shared pool would run dry.
        task -> Thread.ofVirtual().start(task));
  }

  /** On a connection of its own: whatever happened to the others, commits must not wait on. */
  private void standby(boolean awaited) throws SQLException {
    try (Connection connection = database.open()) {
      run(
          connection,
          awaited
              ? "alter system set synchronous_standby_names = 'absent'"
              : "alter system reset synchronous_standby_names");
      run(connection, "select pg_reload_conf()");
    }
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
