package dev.forebay.api.touch;

import dev.forebay.api.problem.SqlState;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.touch.image.Image;
import dev.forebay.api.touch.image.ImageReader;
import dev.forebay.api.touch.image.TableImages;
import dev.forebay.api.transaction.Script;
import dev.forebay.api.transaction.Transactions;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import dev.forebay.model.Lookup;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The looks at what a transaction has done, each one round trip; the one at the end is two where
 * more than {@value #MOST_AT_ONCE} rows were written. Safe for any thread.
 *
 * <p>They run with the settings of a snapshot session, in which the routing statements are known to
 * find every row, and which are gone before the server answers: a driver that hears of another
 * search path forgets every statement it has prepared. Plans are made once for all writes, because
 * planning takes longer than walking from a row to its documents.
 */
final class Looks {

  /**
   * Rows that are read in one script with the routing: the driver sends a script before it reads,
   * and two sides that only send would wait for each other.
   */
  private static final int MOST_AT_ONCE = 100;

  private static final String SAVEPOINT = "savepoint forebay_touch";

  /** Undoes the settings, and whatever failed under them. */
  private static final String GO_BACK = "rollback to savepoint forebay_touch";

  private static final String SETTINGS =
      "set_config('search_path', 'pg_catalog', true), set_config('jit', 'off', true),"
          + " set_config('row_security', 'off', true),"
          + " set_config('plan_cache_mode', 'force_generic_plan', true)";

  /** One time for the statements that follow, and {@link #TICK} in front of each. */
  private static final String UNTIL =
      "set_config('forebay.until',"
          + " (extract(epoch from clock_timestamp()) + ?::float8 / 1000)::text, true)";

  private static final String TICK =
      "select set_config('statement_timeout', greatest(1, ceil(1000 *"
          + " (current_setting('forebay.until')::float8"
          + " - extract(epoch from clock_timestamp())::float8)))::int::text, true)";

  private final List<TableName> tables;
  private final TableImages images;
  private final String count;
  private final String end;

  Looks(Instance instance, List<TableName> tables, TableImages images) {
    this.tables = List.copyOf(tables);
    this.images = images;
    this.count = Counts.sql(tables);
    this.end =
        "select pg_current_xact_id()::text, id, current_setting('track_counts')::boolean, "
            + SETTINGS
            + ", "
            + UNTIL
            + " from "
            + new TableName(instance.databaseName(), "history").sql();
  }

  /** What the transaction is, and what PostgreSQL says of it. */
  record Seen(long xid, String history, boolean counted, Counts counts, List<Image> rows) {}

  /** Counts what the session has changed. */
  void count(Script script, Consumer<Counts> counts) {
    script.query(count, Script.Binder.NONE, rows -> counts.accept(Counts.read(rows, tables)));
  }

  /**
   * Looks at the end. What is deferred runs before it is counted; a fault in what comes after that
   * must not end the write, see {@link #goBack}.
   *
   * @param written keys of rows to be read as they are now
   * @param found is told what {@code lookup} finds
   */
  Seen atEnd(
      Connection connection,
      Map<ResourceTable, Set<List<String>>> written,
      Lookup lookup,
      Consumer<DocumentKey> found,
      Duration most)
      throws SQLException {
    List<Seen> seen = new ArrayList<>();
    List<Image> read = new ArrayList<>();
    Script script =
        new Script()
            .command("set constraints all immediate")
            .command(SAVEPOINT)
            .query(
                end,
                millis(most),
                rows -> {
                  rows.next();
                  seen.add(
                      new Seen(
                          Long.parseLong(rows.getString(1)),
                          rows.getString(2),
                          rows.getBoolean(3),
                          Counts.NONE,
                          List.of()));
                });
    List<Counts> counts = new ArrayList<>();
    count(script, counts::add);
    written.forEach((resource, keys) -> {
      ImageReader reader = images.reader(resource.name());
      if (reader != null && !keys.isEmpty()) {
        tick(script);
        reader.byKey(script, resource, keys, ImageReader.Lock.NONE, read::add);
      }
    });
    Script routing = script;
    if (written.values().stream().mapToInt(Set::size).sum() > MOST_AT_ONCE) {
      script.run(connection);
      routing = new Script();
    }
    route(routing, lookup, found);
    routing.command(GO_BACK).run(connection);
    Seen one = seen.getFirst();
    return new Seen(one.xid, one.history, one.counted, counts.getFirst(), read);
  }

  /** Routes what the look at the end has shown. */
  void route(Connection connection, Lookup lookup, Consumer<DocumentKey> found, Duration most)
      throws SQLException {
    if (!lookup.asked().isEmpty()) {
      Script script = new Script();
      script.query("select " + SETTINGS + ", " + UNTIL, millis(most), Script.Reader.IGNORED);
      route(script, lookup, found);
      script.command(GO_BACK).run(connection);
    }
  }

  /** Routes in a transaction of its own, which is over afterwards. */
  void afterCommit(Connection connection, Lookup lookup, Consumer<DocumentKey> found, Duration most)
      throws SQLException {
    Script script = new Script();
    script.query(
        "select " + Transactions.FORMATS + ", " + SETTINGS + ", " + UNTIL,
        millis(most),
        Script.Reader.IGNORED);
    route(script, lookup, found);
    try {
      script.command("rollback").run(connection);
    } catch (SQLException e) {
      try {
        connection.rollback();
      } catch (SQLException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  /** Whether the write itself cannot go on, or should be tried again as a whole. */
  static boolean concernsTheWrite(SQLException fault) {
    return SqlState.isRetryable(fault) || SqlState.isConnectionLost(fault);
  }

  /**
   * Goes on after a fault.
   *
   * @return false if it was the write's own: nothing can be done any more
   */
  static boolean goBack(Connection connection) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(GO_BACK);
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static void route(Script script, Lookup lookup, Consumer<DocumentKey> found) {
    if (!lookup.asked().isEmpty()) {
      tick(script);
      script.query(lookup.sql(), lookup::bind, rows -> lookup.read(rows, found));
    }
  }

  private static void tick(Script script) {
    script.query(TICK, Script.Binder.NONE, Script.Reader.IGNORED);
  }

  private static Script.Binder millis(Duration time) {
    return Script.Binder.of(Long.toString(time.toMillis()));
  }
}
