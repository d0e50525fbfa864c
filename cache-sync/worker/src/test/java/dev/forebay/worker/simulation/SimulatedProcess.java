package dev.forebay.worker.simulation;

import dev.forebay.ledger.Intent;
import dev.forebay.model.ReadModels;
import dev.forebay.model.RowChange;
import dev.forebay.worker.Settler;
import dev.forebay.worker.acknowledge.InFlightTransactions;
import dev.forebay.worker.build.DocumentBuilder;
import dev.forebay.worker.capture.ChangeEvent;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.Lane;
import dev.forebay.worker.dirty.RetryDelay;
import dev.forebay.worker.publish.PublishConfig;
import dev.forebay.worker.publish.PublishMetrics;
import dev.forebay.worker.publish.Publisher;
import dev.forebay.worker.publish.Reassertions;
import dev.forebay.worker.route.Requests;
import dev.forebay.worker.route.Routing;
import dev.forebay.worker.route.RoutingMetrics;
import dev.forebay.worker.spend.Spending;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The real stages of one process, put together as the worker does; lost when it is killed. */
final class SimulatedProcess {

  private static final ReadModels NONE =
      new ReadModels(List.of(), (connection, changes, goOn) -> {}, List.of());

  private static final Requests NOTHING_IS_WIDE =
      new Requests() {
        @Override
        public void resync(Collection<String> models, String reason) {
          throw new IllegalStateException(reason);
        }

        @Override
        public void fanOut(Collection<RowChange> rows) {
          throw new IllegalStateException(rows + " are no fan-out");
        }
      };

  private final World world;
  private final DirtyDocuments dirty;
  private final InFlightTransactions<Integer> inFlight = new InFlightTransactions<>();
  private final BlockingQueue<ChangeEvent> events = new LinkedBlockingQueue<>();
  private final Routing routing;
  private final Settler settler;
  private final Reassertions reassertions;
  private boolean routes;
  private int next;

  /**
   * @param slot how much of the log was acknowledged
   */
  SimulatedProcess(World world, int slot) {
    this.world = world;
    this.next = slot;
    this.dirty = new DirtyDocuments(world.clock(), 1_000);
    this.reassertions = new Reassertions(dirty, world.clock());
    RetryDelay delay =
        new RetryDelay(Duration.ofMillis(100), Duration.ofSeconds(1), world.random());
    this.routing =
        new Routing(
            new Routing.Parts(
                new SimulatedSource(world.database(), world, true),
                NONE,
                NOTHING_IS_WIDE,
                dirty,
                events,
                new RoutingMetrics(new SimpleMeterRegistry())),
            1_000,
            delay);
    DocumentBuilder builder =
        new DocumentBuilder(
            new SimulatedSource(world.database(), world, false), dirty, world.clock(), delay);
    Publisher publisher =
        new Publisher(
            new PublishConfig("", "history", Duration.ofSeconds(1), World.HORIZON),
            new Publisher.Parts(
                world.store(),
                world.client(),
                NONE,
                dirty,
                reassertions,
                Spending.unlimited(world.clock()),
                PublishMetrics.in(new SimpleMeterRegistry())),
            world.clock(),
            delay);
    this.settler = new Settler(dirty, builder, publisher, world.clock(), Duration.ofSeconds(1));
  }

  /** Asserts what the process before left open. */
  void begin(List<Intent> open) {
    Cause cause = Cause.request();
    dirty.markRemembered(open.stream().map(Intent::key).toList(), cause);
    cause.close();
  }

  /** The engine hands over the next transaction of the log. */
  void deliver() {
    if (next < world.database().log().size()) {
      SimulatedDatabase.Commit commit = world.database().log().get(next++);
      Cause cause = Cause.transaction(commit.xid() & 0xFFFF_FFFFL, commit.at());
      inFlight.begin(cause);
      List<RowChange> changes = commit.changes();
      boolean drops = world.has(Bug.DROP_THE_LAST_EVENT) && changes.size() > 1;
      for (RowChange change : drops ? changes.subList(0, changes.size() - 1) : changes) {
        cause.hold();
        events.add(new ChangeEvent.Row(cause, change));
      }
      inFlight.end(next);
    }
  }

  /** Routing is one thread: it takes no turn while it is in one. */
  void route() {
    if (routes) {
      return;
    }
    routes = true;
    try {
      routing.turn();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } finally {
      routes = false;
    }
  }

  void settle(int batch, Lane lane) {
    try {
      settler.turn(batch, lane, Duration.ZERO);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void reassert() {
    if (!world.has(Bug.NO_REASSERTION)) {
      reassertions.step();
    }
  }

  /** How much of the log may be acknowledged. */
  int acknowledgeable() {
    int settled = inFlight.takeSettled().orElse(0);
    return world.has(Bug.ACKNOWLEDGE_BEFORE_STORE) ? next : settled;
  }

  /** Whether nothing is left to be settled. */
  boolean isIdle() {
    return inFlight.size() == 0 && dirty.size() == 0 && events.isEmpty();
  }

  String describe() {
    return inFlight.size()
        + " transactions, "
        + dirty.size()
        + " documents, intents "
        + world.store().open();
  }
}
