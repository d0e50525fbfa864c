package dev.forebay.worker.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerSchema;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModels;
import dev.forebay.worker.ArticleModel;
import dev.forebay.worker.dirty.RetryDelay;
import dev.forebay.worker.lag.DatabaseClock;
import dev.forebay.worker.lag.SyncLag;
import dev.forebay.worker.lease.LeaderLease;
import dev.forebay.worker.lease.LeaseTiming;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;

/** What capture delivers when its engine is cut off. */
@NullUnmarked
class CaptureIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofHours(1);

  private static EmbeddedPostgres postgres;
  private static DataSource dataSource;

  private final Rows rows = new Rows();
  private Capture capture;
  private LeaderLease lease;

  /**
   * Settles a change the moment it is handed over, so that its transaction is acknowledged in the
   * same batch; but those of {@code a} are never settled.
   */
  @SuppressWarnings("serial") // nobody writes it to a stream
  private static final class Rows extends LinkedBlockingQueue<ChangeEvent> {

    private final List<String> delivered = new CopyOnWriteArrayList<>();

    @Override
    public boolean offer(ChangeEvent event, long timeout, TimeUnit unit) {
      String id = ((ChangeEvent.Row) event).change().after().get("id");
      delivered.add(id);
      if (!id.startsWith("a")) {
        event.cause().release();
      }
      return true;
    }

    int times(String id) {
      return Collections.frequency(delivered, id);
    }
  }

  @BeforeAll
  static void startServer() throws IOException, SQLException {
    // No other writer of the log: the loss below is hidden by any commit in between.
    postgres =
        EmbeddedPostgres.builder()
            .setServerConfig("wal_level", "logical")
            .setServerConfig("autovacuum", "off")
            .setServerConfig("checkpoint_timeout", "1h")
            .start();
    dataSource = postgres.getPostgresDatabase();
    LedgerSchema.migrate(dataSource, Instance.DEFAULT);
    execute("create table article (id text primary key)");
  }

  @AfterAll
  static void stopServer() throws IOException {
    postgres.close();
  }

  @BeforeEach
  void prepare() {
    Ledger ledger = Ledger.open(dataSource, Instance.DEFAULT);
    ledger.models().declare("article", "fingerprint");
    ReadModels models =
        new ReadModels(List.of(new ArticleModel()), (connection, changes, goOn) -> {}, List.of());
    InstantSource clock = InstantSource.system();
    lease =
        new LeaderLease(ledger.lease(), "test", LeaseTiming.standard(), System::nanoTime, clock);
    assertThat(lease.tryTake()).isTrue();
    capture =
        new Capture(
            new CaptureConfig(
                Instance.DEFAULT,
                new DatabaseAddress(
                    "localhost", postgres.getPort(), "postgres", "postgres", "postgres", "disable"),
                NEVER,
                Duration.ofMillis(5),
                NEVER),
            new ReplicationSetup(
                dataSource, Instance.DEFAULT.databaseName(), models, ledger.models(), lease),
            new Outlet(rows, () -> {}, UnaryOperator.identity()),
            new SyncLag(clock, NEVER, Optional::empty, Instant.now()),
            new DatabaseClock(clock),
            new RetryDelay(Duration.ofMillis(100), Duration.ofMillis(100), new Random(1)));
    capture.start();
  }

  @AfterEach
  void end() throws SQLException {
    capture.close();
    lease.release();
    // PostgreSQL notices a little later that the engine has gone.
    await()
        .atMost(LIMIT)
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(() -> {
          execute("select pg_drop_replication_slot('forebay')");
          return true;
        });
    execute("truncate article");
  }

  /**
   * The first change of {@code a} after {@code b} committed stands where {@code b} ends. An engine
   * that resumes from a stored offset, which says the end of {@code b}, takes it for the last thing
   * it has handled, and what came before it too.
   */
  @RepeatedTest(3)
  void walsenderTerminated_betweenInterleavedTransactions_deliversAllOfTheUnsettledOne()
      throws SQLException {
    await().atMost(LIMIT).until(() -> slot("active").equals("t"));
    execute("insert into article values ('first')");
    await().atMost(LIMIT).until(() -> rows.times("first") > 0);
    String before = query("select pg_current_wal_insert_lsn()");
    try (Connection a = dataSource.getConnection();
        Connection b = dataSource.getConnection();
        Statement first = a.createStatement();
        Statement second = b.createStatement()) {
      a.setAutoCommit(false);
      b.setAutoCommit(false);
      first.execute("insert into article values ('a1')");
      second.execute("insert into article values ('b')");
      b.commit();
      first.execute("insert into article values ('a2')");
      await().atMost(LIMIT).until(() -> slot("confirmed_flush_lsn > '" + before + "'").equals("t"));
      a.commit();
    }
    await().atMost(LIMIT).until(() -> rows.times("a2") == 1);

    assertThat(slot("pg_terminate_backend(active_pid)")).isEqualTo("t");
    execute("insert into article values ('last')");

    await().atMost(LIMIT).until(() -> rows.times("last") > 0);
    assertThat(rows.times("a1")).isEqualTo(2);
    assertThat(rows.times("a2")).isEqualTo(2);
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String slot(String expression) throws SQLException {
    return query("select " + expression + " from pg_replication_slots");
  }

  private static String query(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() && row.getString(1) != null ? row.getString(1) : "";
    }
  }
}
