package dev.forebay.ops.faults.data;

import dev.forebay.ops.faults.data.Writers.Opener;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;

/**
 * Two transactions so interleaved that the open one's next row follows the other's commit in the
 * log at once; then the log's reader is cut off, and the open one commits. Whoever resumes by a
 * position, and not by whole transactions, skips rows of it. For one thread.
 */
public final class InterleavedCommits {

  private static final int TIMES = 6;

  private final Opener database;
  private final Writers writers;
  private final Random random;

  /** Cuts the reader of the log off. */
  public interface Cut {
    /** Returns whether there was one. */
    boolean make() throws SQLException, InterruptedException;
  }

  /**
   * @param writers are paused: any other commit just then would hide what this is to show
   */
  public InterleavedCommits(Opener database, Writers writers, Random random) {
    this.database = database;
    this.writers = writers;
    this.random = random;
  }

  /** Does so a few times; returns whether a reader was cut off. */
  public boolean make(Cut cut) throws SQLException, InterruptedException {
    boolean came = false;
    writers.pause(true);
    try (Connection open = database.open();
        Connection other = database.open()) {
      open.setAutoCommit(false);
      other.setAutoCommit(false);
      int id = 20_000_000 + 100 * random.nextInt(1_000_000);
      for (int i = 0; i < TIMES; i++) {
        // Until what was committed before has been acknowledged.
        Thread.sleep(Duration.ofMillis(1_500));
        run(open, insert(id++));
        run(other, insert(id++));
        other.commit();
        run(open, insert(id++));
        Thread.sleep(Duration.ofMillis(100 + random.nextInt(700)));
        came |= cut.make();
        open.commit();
      }
    } finally {
      writers.pause(false);
    }
    return came;
  }

  private static String insert(int id) {
    return "insert into employee (id, name) values (%d, 'Interleaved') on conflict do nothing"
        .formatted(id);
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
