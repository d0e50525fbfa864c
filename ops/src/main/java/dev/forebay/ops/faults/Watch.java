package dev.forebay.ops.faults;

import dev.forebay.ops.admin.StatusReport;
import dev.forebay.ops.faults.check.AppliedLog;
import dev.forebay.ops.faults.check.Canaries;
import dev.forebay.ops.faults.check.Violations;
import dev.forebay.ops.faults.check.Violations.Promise;
import dev.forebay.ops.faults.world.WorkerProcess;
import dev.forebay.ops.faults.world.World;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * Looks at everything five times a second and judges it: what the workers say of themselves, where
 * the slot stands, what KV was told. In this order, so that whatever was acknowledged must be in KV
 * by the time that is looked at. A thread of its own; the last look may be read by any.
 */
final class Watch implements AutoCloseable {

  /** A lag below this is none. */
  static final Duration SMALL_LAG = Duration.ofSeconds(2);

  private static final Duration INTERVAL = Duration.ofMillis(200);
  private static final Duration TELLING_LAG = Duration.ofSeconds(5);
  private static final Duration TOLERANCE = Duration.ofSeconds(3);
  private static final Duration BUDGET_WINDOW = Duration.ofMinutes(5);

  private final World world;
  private final AppliedLog log;
  private final Canaries canaries;
  private final Timeline timeline;
  private final Violations violations;
  private final Deque<Requests> requests = new ArrayDeque<>();
  private final Thread thread;
  private @Nullable Connection connection;
  private volatile boolean closed;
  private volatile @Nullable StatusReport latest;
  private volatile Duration lag = Duration.ZERO;
  private volatile Duration longestLag = Duration.ZERO;
  private Duration liedBy = Duration.ZERO;
  private boolean overBudget;

  /** What had been asked of KV by then. */
  private record Requests(Instant at, long count, int workersStarted) {}

  Watch(World world, AppliedLog log, Canaries canaries, Timeline timeline, Violations violations) {
    this.world = world;
    this.log = log;
    this.canaries = canaries;
    this.timeline = timeline;
    this.violations = violations;
    this.thread = Thread.ofPlatform().name("watch").start(this::watch);
  }

  private void watch() {
    try {
      while (!closed) {
        look();
        Thread.sleep(INTERVAL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() throws InterruptedException {
    Instant at = Instant.now();
    List<StatusReport> reports = new ArrayList<>();
    for (WorkerProcess worker : world.workers().living()) {
      worker.status().filter(report -> report.sync() != null).ifPresent(reports::add);
    }
    long confirmed = 0;
    boolean resyncing = true;
    try {
      confirmed = confirmed();
      resyncing = isResyncing();
    } catch (SQLException e) {
      // The database is away: there is nothing to judge.
      closeConnection();
    }
    log.follow();
    if (confirmed > 0 && !resyncing) {
      canaries.acknowledged(confirmed, at);
    }
    judgeLag(reports, at, resyncing);
    judgeBudget(at);
  }

  private void judgeLag(List<StatusReport> reports, Instant at, boolean resyncing) {
    Duration known = canaries.trueLag(at);
    List<StatusReport> ready = reports.stream().filter(StatusReport::ready).toList();
    latest = ready.isEmpty() ? reports.isEmpty() ? null : reports.getFirst() : ready.getFirst();
    if (!reports.isEmpty()) {
      Duration highest = reports.stream().map(Watch::lag).max(Duration::compareTo).orElseThrow();
      lag = highest;
      longestLag = highest.compareTo(longestLag) > 0 ? highest : longestLag;
      boolean lies =
          known.compareTo(TELLING_LAG) > 0 && highest.plus(TOLERANCE).compareTo(known) < 0;
      if (lies && !resyncing) {
        tellLie(highest, known, at);
      }
    }
    boolean flows =
        known.compareTo(SMALL_LAG) < 0
            && ready.stream().anyMatch(report -> lag(report).compareTo(SMALL_LAG) < 0);
    if (flows) {
      timeline.flows(at);
    }
  }

  /** Once for each outage that is not told of. */
  private void tellLie(Duration reported, Duration known, Instant at) {
    if (known.compareTo(liedBy) < 0 || liedBy.isZero()) {
      violations.add(
          Promise.LAG,
          "sync_lag said %d ms when a change of %d ms ago was not in KV, at %s"
              .formatted(reported.toMillis(), known.toMillis(), at));
    }
    liedBy = known;
  }

  private static Duration lag(StatusReport report) {
    StatusReport.Sync sync = report.sync();
    return Duration.ofMillis(sync == null ? 0 : (long) (sync.syncLagSeconds() * 1_000));
  }

  /** Each worker has a bucket of its own, half full of what it may use. */
  private void judgeBudget(Instant at) {
    requests.addLast(new Requests(at, world.kv().requests(), world.workers().started()));
    while (requests.getFirst().at().isBefore(at.minus(BUDGET_WINDOW))) {
      requests.removeFirst();
    }
    Requests first = requests.getFirst();
    Requests last = requests.getLast();
    long granted =
        World.REQUESTS
            + (long) World.REQUESTS / 2 * (last.workersStarted() - first.workersStarted());
    if (last.count() - first.count() > granted && !overBudget) {
      overBudget = true;
      violations.add(
          Promise.PACED,
          "%d requests within five minutes, %d were granted"
              .formatted(last.count() - first.count(), granted));
    }
  }

  /** Where the slot stands; 0 if there is none. */
  private long confirmed() throws SQLException {
    String sql =
        "select confirmed_flush_lsn::text from pg_replication_slots where slot_name = '"
            + World.INSTANCE.databaseName()
            + "'";
    try (Statement statement = connection().createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      String text = row.next() ? row.getString(1) : null;
      return text == null ? 0 : LogSequenceNumber.valueOf(text).asLong();
    }
  }

  /** Whether work is left that the ledger remembers and the slot need not. */
  private boolean isResyncing() throws SQLException {
    String sql =
        "select exists (select from "
            + World.INSTANCE.databaseName()
            + ".model where requested > completed)";
    try (Statement statement = connection().createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() && row.getBoolean(1);
    }
  }

  private Connection connection() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = world.connect();
      connection = open;
    }
    return open;
  }

  private void closeConnection() {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // It was broken.
    }
    connection = null;
  }

  /** What a worker that is ready said last, else any; null if none answered. */
  @Nullable StatusReport latest() {
    return latest;
  }

  /** The lag that was reported last. */
  Duration lag() {
    return lag;
  }

  Duration longestLag() {
    return longestLag;
  }

  /** Ends the looking; what it found is complete then. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeConnection();
  }
}
