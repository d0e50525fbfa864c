package dev.forebay.ops.faults.world;

import dev.forebay.kv.emulator.Fault;
import dev.forebay.kv.emulator.Operation;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which a worker goes down, at any moment or at a place that shows outside: in KV, in
 * the ledger, at the slot. The worker itself knows of none. For one thread.
 */
public final class WorkerFaults {

  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofMillis(3);

  private final World world;
  private final Random random;

  /** A state of the world that is waited for. */
  private interface State {
    boolean holds() throws SQLException;
  }

  /**
   * @param random chooses which worker, and moments
   */
  public WorkerFaults(World world, Random random) {
    this.world = world;
    this.random = random;
  }

  /** Dies at any moment. Like all of these, returns whether it came about. */
  public boolean kill() {
    WorkerProcess worker = world.workers().any(random);
    if (worker == null) {
      return false;
    }
    worker.kill();
    return true;
  }

  /** Is asked to end, and must within 40 s. */
  public boolean terminate() throws InterruptedException {
    WorkerProcess worker = world.workers().any(random);
    if (worker == null) {
      return false;
    }
    worker.terminate();
    if (!worker.endsWithin(Duration.ofSeconds(40))) {
      throw new IllegalStateException("a worker does not end at SIGTERM within 40 s");
    }
    return true;
  }

  /** Stands still for a while, and does not know it. */
  public boolean pause(Duration time) throws IOException, InterruptedException {
    WorkerProcess worker = world.workers().any(random);
    if (worker == null) {
      return false;
    }
    worker.pause(true);
    Thread.sleep(time);
    worker.pause(false);
    return true;
  }

  /** A second one is started; after a while one of both is ended. */
  public boolean second(Duration time) throws IOException, InterruptedException {
    world.workers().startAnother();
    Thread.sleep(time.plusSeconds(3));
    leaveOne();
    return true;
  }

  /** The leader stands still while another takes over, and wakes when it has. */
  public boolean pausedAndReplaced(Duration time) throws IOException, InterruptedException {
    WorkerProcess old = world.workers().any(random);
    if (old == null) {
      return false;
    }
    old.pause(true);
    world.workers().startAnother();
    Thread.sleep(time.plusSeconds(5));
    old.pause(false);
    Thread.sleep(time);
    leaveOne();
    return true;
  }

  private void leaveOne() {
    while (world.workers().living().stream().filter(WorkerProcess::isAlive).count() > 1) {
      @Nullable WorkerProcess one = world.workers().any(random);
      if (one != null) {
        one.kill();
      }
    }
  }

  /** Dies when it has said in the ledger what it is about to write. */
  public boolean killAfterIntent() throws SQLException, InterruptedException {
    String schema = World.INSTANCE.databaseName();
    return await(() -> world.query("select exists (select from " + schema + ".call)").equals("t"))
        && kill();
  }

  /** Dies between two calls: the second one does not arrive any more. */
  public boolean killBeforeApply() throws InterruptedException {
    return killAtCall(
        new Fault(new Fault.Effect.Dropped(), new Fault.Answer.Disconnect()), Operation.BULK_WRITE);
  }

  /** Dies when KV has taken the call and not said so yet. */
  public boolean killAfterApply() throws InterruptedException {
    return killAtCall(
        new Fault(new Fault.Effect.Applied(), new Fault.Answer.Disconnect()),
        random.nextInt(4) == 0 ? Operation.BULK_DELETE : Operation.BULK_WRITE);
  }

  /**
   * Dies when KV has taken a document and nobody has said so yet, and its row is gone before the
   * next worker looks: only the intent knows of the key.
   */
  public boolean killAfterApplyOfAnOrphan() throws SQLException, InterruptedException {
    int id = 100_000 + random.nextInt(1_000_000);
    try (Connection connection = world.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("insert into employee (id, name) values (" + id + ", 'Brief')");
      boolean came =
          killAtCall(
              new Fault(new Fault.Effect.Applied(), new Fault.Answer.Disconnect()),
              Operation.BULK_WRITE);
      statement.execute("delete from employee where id = " + id);
      return came;
    }
  }

  private boolean killAtCall(Fault fault, Operation operation) throws InterruptedException {
    CountDownLatch struck = new CountDownLatch(1);
    world
        .kv()
        .faults()
        .next(
            1,
            operation,
            fault.telling(() -> {
              killAll();
              struck.countDown();
            }));
    boolean came = struck.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    world.kv().faults().clear();
    return came;
  }

  private void killAll() {
    world.workers().living().forEach(WorkerProcess::kill);
  }

  /** Dies a moment after it has heard that KV took the call, about when it acknowledges. */
  public boolean killAfterAnswer() throws InterruptedException {
    CountDownLatch struck = new CountDownLatch(1);
    world
        .kv()
        .faults()
        .next(1, Operation.BULK_WRITE, Fault.latency(Duration.ZERO).telling(struck::countDown));
    boolean came = struck.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!came) {
      world.kv().faults().clear();
      return false;
    }
    Thread.sleep(Duration.ofMillis(random.nextInt(60)));
    return kill();
  }

  /** Dies as soon as its engine reads, once it has been started again. */
  public boolean killAtEngineStart() throws SQLException, InterruptedException {
    String slot = World.INSTANCE.databaseName();
    String active =
        "select active and active_pid is not null from pg_replication_slots where slot_name = '"
            + slot
            + "'";
    killAll();
    await(() -> !world.query(active).equals("t"));
    if (!await(() -> world.query(active).equals("t"))) {
      return false;
    }
    Thread.sleep(Duration.ofMillis(random.nextInt(100)));
    return kill();
  }

  /** Dies while all documents are looked at again. */
  public boolean killDuringBackfill(DatabaseFaults database)
      throws SQLException, InterruptedException {
    String schema = World.INSTANCE.databaseName();
    String due = "select exists (select from " + schema + ".model where requested > completed)";
    if (!database.dropSlot() || !await(() -> world.query(due).equals("t"))) {
      return false;
    }
    Thread.sleep(Duration.ofMillis(random.nextInt(300)));
    return kill();
  }

  private static boolean await(State state) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        if (state.holds()) {
          return true;
        }
      } catch (SQLException e) {
        // The ledger is not there yet, or the database is just coming back.
      }
      Thread.sleep(LOOK);
    }
    return false;
  }
}
