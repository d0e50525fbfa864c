package dev.forebay.ops.faults.data;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that change the data at a steady rate until they are closed; a database that is away
 * makes them wait. Safe for any thread.
 */
public final class Writers implements AutoCloseable {

  /** How the names of prepared transactions begin; the end says what is to become of them. */
  public static final String PREPARED = "faults-";

  private static final Logger LOG = LoggerFactory.getLogger(Writers.class);
  private static final int THREADS = 3;
  private static final Duration AWAY = Duration.ofMillis(300);
  private static final Duration JOIN = Duration.ofSeconds(30);

  private final Opener database;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong changes = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile boolean closed;
  private volatile boolean paused;
  private volatile String failure = "";

  /** Opens connections to the database. */
  public interface Opener {
    /** A new one; the caller closes it. */
    Connection open() throws SQLException;
  }

  private interface Task {
    void run(Connection first, Connection second) throws SQLException, InterruptedException;
  }

  public Writers(Opener database) {
    this.database = database;
  }

  /**
   * Starts the writers of a data set.
   *
   * @param perSecond changes of all of them together
   */
  public void start(DataSet data, long seed, double perSecond) {
    Duration pace = Duration.ofNanos((long) (1e9 * THREADS / perSecond));
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed * 31 + i);
      run("writer-" + i, (first, second) -> write(data.edits(first, second, random), pace));
    }
  }

  private void write(DataSet.Edits edits, Duration pace) throws SQLException, InterruptedException {
    long next = System.nanoTime();
    while (!closed) {
      awaitTurn();
      try {
        if (edits.make()) {
          changes.incrementAndGet();
        }
      } catch (SQLException e) {
        if (!isOrdinary(e)) {
          throw e;
        }
        refused.incrementAndGet();
      }
      next = Math.max(next + pace.toNanos(), System.nanoTime() - pace.toNanos());
      Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
    }
  }

  /** Deadlocks, constraints, locks: what any application meets. */
  private static boolean isOrdinary(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("23") || state.startsWith("40") || state.startsWith("55");
  }

  /** Starts the writer of canaries, five a second. */
  public void start(CanaryWriter canaries) {
    run(
        "canaries",
        (first, second) -> {
          while (!closed) {
            awaitTurn();
            canaries.write(first);
            changes.incrementAndGet();
            Thread.sleep(Duration.ofMillis(200));
          }
        });
  }

  /** Starts a writer of transactions that stay open for seconds. */
  public void startLong(String sql, long seed) {
    Random random = new Random(seed);
    run(
        "long",
        (first, second) -> {
          first.setAutoCommit(false);
          while (!closed) {
            try (Statement statement = first.createStatement()) {
              statement.execute(sql.formatted(random.nextInt(1_000_000)));
            }
            pause(Duration.ofMillis(4_000 + random.nextInt(8_000)));
            first.commit();
            changes.incrementAndGet();
            pause(Duration.ofMillis(5_000 + random.nextInt(10_000)));
          }
        });
  }

  private void awaitTurn() throws InterruptedException {
    while (paused && !closed) {
      Thread.sleep(Duration.ofMillis(20));
    }
  }

  /** Lets nobody begin a change until it is called again with false; long ones go on. */
  public void pause(boolean value) {
    paused = value;
  }

  private void pause(Duration time) throws InterruptedException {
    Instant end = Instant.now().plus(time);
    while (!closed && Instant.now().isBefore(end)) {
      Thread.sleep(Duration.ofMillis(100));
    }
  }

  private void run(String name, Task task) {
    threads.add(Thread.ofPlatform().name(name).start(() -> repeat(name, task)));
  }

  private void repeat(String name, Task task) {
    try {
      while (!closed) {
        try (Connection first = database.open();
            Connection second = database.open()) {
          task.run(first, second);
        } catch (SQLException e) {
          LOG.atInfo()
              .addKeyValue("writer", name)
              .addKeyValue("sqlState", e.getSQLState())
              .addKeyValue("cause", e.getMessage())
              .log("a writer lost its database");
          if (String.valueOf(e.getSQLState()).startsWith("42")) {
            failure = name + ": " + e.getMessage();
            return;
          }
          Thread.sleep(AWAY);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many transactions were committed. */
  public long changes() {
    return changes.get();
  }

  /** What PostgreSQL does not understand of what a writer says; empty if it does. */
  public String failure() {
    return failure;
  }

  /** How many were refused for reasons that any application meets. */
  public long refused() {
    return refused.get();
  }

  /** Does with transactions that a crash left prepared what their names say. */
  public void resolvePrepared() throws SQLException {
    try (Connection connection = database.open();
        Statement statement = connection.createStatement()) {
      List<String> left = new ArrayList<>();
      try (ResultSet row =
          statement.executeQuery("select gid from pg_prepared_xacts where gid like 'faults-%'")) {
        while (row.next()) {
          left.add(row.getString(1));
        }
      }
      for (String gid : left) {
        statement.execute(
            (gid.endsWith("-commit") ? "commit" : "rollback") + " prepared '" + gid + "'");
      }
    }
  }

  /** Lets every writer finish what it is doing. */
  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      try {
        thread.join(JOIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
