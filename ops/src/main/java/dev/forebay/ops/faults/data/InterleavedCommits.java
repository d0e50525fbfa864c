package dev.forebay.ops.faults.data;

import dev.forebay.ops.faults.data.Writers.Opener;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;

/**
 * Two transactions so interleaved that the open one's next row follows the other's commit in the
 * log at once; then the log's reader is cut off, and the open one commits. Whoever resumes by a
 * position, and not by whole transactions, skips rows of it. For one thread.
 */
public final class InterleavedCommits {

  private static final int TIMES = 3;
  private static final Duration LOOK = Duration.ofMillis(5);

  /** A killed worker is replaced, and its slot taken over, in that time. */
  private static final Duration READER = Duration.ofSeconds(20);

  /** Less than a heartbeat's interval: the next one would hide what this is to show. */
  private static final Duration ACKNOWLEDGED = Duration.ofMillis(900);

  private final Opener database;
  private final Writers writers;
  private final Random random;
  private final String confirmed;

  /** Cuts the reader of the log off. */
  public interface Cut {
    /** Returns whether there was one. */
    boolean make() throws SQLException, InterruptedException;
  }

  /**
   * @param slot the reader's
   * @param writers are paused: any other commit just then would hide what this is to show
   */
  public InterleavedCommits(Opener database, String slot, Writers writers, Random random) {
    this.database = database;
    this.confirmed =
        "select confirmed_flush_lsn from pg_replication_slots where active and slot_name = '"
            + slot
            + "'";
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
        try (Connection look = database.open()) {
          // Just after a heartbeat, so that there is time until the next.
          String heartbeat = awaitOther(look, awaitOther(look, "", READER), READER);
          run(open, insert(id++));
          run(other, insert(id++));
          other.commit();
          run(open, insert(id++));
          awaitOther(look, heartbeat, ACKNOWLEDGED);
        }
        came |= cut.make();
        open.commit();
      }
    } finally {
      writers.pause(false);
    }
    return came;
  }

  /** Waits until the slot is read and confirms another position; returns it, or the last. */
  private String awaitOther(Connection look, String than, Duration limit)
      throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    String last = "";
    while (System.nanoTime() < deadline) {
      try (Statement statement = look.createStatement();
          ResultSet row = statement.executeQuery(confirmed)) {
        last = row.next() ? Objects.toString(row.getString(1), "") : "";
      }
      if (!last.isEmpty() && !last.equals(than)) {
        return last;
      }
      Thread.sleep(LOOK);
    }
    return last;
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
