package dev.forebay.ops.faults;

import dev.forebay.ops.faults.check.Violations;
import dev.forebay.ops.faults.check.Violations.Promise;
import dev.forebay.ops.faults.data.HiddenCommits;
import dev.forebay.ops.faults.data.InterleavedCommits;
import dev.forebay.ops.faults.data.Writers;
import dev.forebay.ops.faults.world.DatabaseFaults;
import dev.forebay.ops.faults.world.KvFaults;
import dev.forebay.ops.faults.world.TcpProxy.Mode;
import dev.forebay.ops.faults.world.WorkerFaults;
import dev.forebay.ops.faults.world.World;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one fault after the other, chosen by the seed; most wait until everything flows again, some
 * strike while it recovers. For one thread.
 */
final class Chaos {

  /** Everything must flow again so long after the last fault. */
  static final Duration RECOVERY_LIMIT = Duration.ofMinutes(3);

  private static final Logger LOG = LoggerFactory.getLogger(Chaos.class);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final double IMPATIENT = 0.2;

  private final World world;
  private final Timeline timeline;
  private final Violations violations;
  private final Random random;
  private final List<FaultKind> deck = new ArrayList<>();
  private final WorkerFaults worker;
  private final DatabaseFaults database;
  private final KvFaults kv;
  private final HiddenCommits hidden;
  private final InterleavedCommits interleaved;
  private final boolean failFast;

  Chaos(
      World world,
      Writers writers,
      Timeline timeline,
      Violations violations,
      FaultOptions options) {
    long seed = options.seed();
    this.world = world;
    this.timeline = timeline;
    this.violations = violations;
    this.random = new Random(seed);
    this.worker = new WorkerFaults(world, random);
    this.database = new DatabaseFaults(world);
    this.kv = new KvFaults(world, new Random(seed + 1));
    this.failFast = options.failFast();
    this.hidden = new HiddenCommits(world::connect, random);
    this.interleaved =
        new InterleavedCommits(world::connect, World.INSTANCE.databaseName(), writers, random);
    boolean ownData = options.models() == null;
    for (FaultKind kind : FaultKind.values()) {
      boolean wanted = options.kinds().isEmpty() || options.kinds().contains(kind.name());
      if (wanted && kind.isPossible(world.canCrash(), ownData)) {
        int cards = options.kinds().isEmpty() ? kind.weight() : Math.max(1, kind.weight());
        for (int i = 0; i < cards; i++) {
          deck.add(kind);
        }
      }
    }
  }

  /** Makes faults until the time is over, then lets everything work again. */
  void run(Instant end) throws IOException, InterruptedException {
    while (Instant.now().isBefore(end) && !(failFast && !violations.none())) {
      strike(deck.get(random.nextInt(deck.size())));
      if (random.nextDouble() >= IMPATIENT) {
        awaitFlow();
      }
      Thread.sleep(Duration.ofMillis(random.nextInt(1_500)));
    }
    world.heal();
    awaitFlow();
  }

  private void strike(FaultKind kind) throws IOException, InterruptedException {
    // Mostly short; one in eight long enough for time-outs and for the lag to show.
    Duration time =
        Duration.ofMillis(
            random.nextInt(8) == 0 ? 6_000 + random.nextInt(6_000) : 200 + random.nextInt(3_000));
    LOG.atInfo().addKeyValue("fault", kind).addKeyValue("time", time).log("strike");
    timeline.began(kind, Instant.now());
    boolean came = false;
    try {
      came = make(kind, time);
    } catch (SQLException e) {
      LOG.atInfo().addKeyValue("fault", kind).setCause(e).log("the fault did not come about");
    }
    if (came) {
      timeline.ended(Instant.now());
    } else {
      timeline.missed();
    }
  }

  private boolean make(FaultKind kind, Duration time)
      throws IOException, InterruptedException, SQLException {
    return switch (kind) {
      case KILL -> worker.kill();
      case TERMINATE -> worker.terminate();
      case PAUSE -> worker.pause(time);
      case SECOND_WORKER -> worker.second(time);
      case PAUSED_AND_REPLACED -> worker.pausedAndReplaced(time);
      case KILL_AFTER_INTENT -> worker.killAfterIntent();
      case KILL_BEFORE_APPLY -> worker.killBeforeApply();
      case KILL_AFTER_APPLY -> worker.killAfterApply();
      case KILL_AFTER_APPLY_OF_AN_ORPHAN -> worker.killAfterApplyOfAnOrphan();
      case KILL_AFTER_ANSWER -> worker.killAfterAnswer();
      case KILL_AT_ENGINE_START -> worker.killAtEngineStart();
      case KILL_DURING_BACKFILL -> worker.killDuringBackfill(database);
      case DATABASE_CRASH -> database.crash();
      case WALSENDER_TERMINATED -> database.terminateWalsender();
      case SLOT_DROPPED -> database.dropSlot();
      case DATABASE_CUT -> database.network(Mode.CUT, time);
      case DATABASE_HALF_OPEN -> database.network(Mode.HALF_OPEN, time);
      case DATABASE_SLOW -> database.network(Mode.SLOW, time);
      case DATABASE_FORGETS_CONNECTIONS -> database.forgetConnections();
      case COMMITS_WAIT -> hidden.await(time);
      case COMMITS_HIDDEN -> hidden.reveal();
      case COMMITS_INTERLEAVED ->
          interleaved.make(random.nextBoolean() ? database::terminateWalsender : worker::kill);
      case KV_FORGETS_CONNECTIONS -> kv.forgetConnections();
      case KV_THROTTLED -> kv.throttled(time);
      case KV_ERRORS -> kv.errors(time);
      case KV_PARTIAL -> kv.partial(time);
      case KV_TIME_OUT_AFTER_APPLY -> kv.timeOutAfterApply(time);
      case KV_LATE_APPLY -> kv.lateApply(time);
      case KV_BROKEN_ANSWER -> kv.brokenAnswer(time);
      case KV_TOKEN_REVOKED -> kv.tokenRevoked(time);
      case KV_CUT -> kv.network(Mode.CUT, time);
      case KV_HALF_OPEN -> kv.network(Mode.HALF_OPEN, time);
      case KV_NO_ANSWERS -> kv.network(Mode.NO_ANSWERS, time);
      case KV_SLOW -> kv.network(Mode.SLOW, time);
    };
  }

  private void awaitFlow() throws InterruptedException {
    long deadline = System.nanoTime() + RECOVERY_LIMIT.toNanos();
    while (timeline.isRecovering()) {
      if (System.nanoTime() > deadline) {
        violations.add(
            Promise.RECOVERED,
            "lag is not below 2 s "
                + RECOVERY_LIMIT.toSeconds()
                + " s after "
                + timeline.last()
                + " at "
                + Instant.now());
        timeline.giveUp();
        return;
      }
      Thread.sleep(LOOK);
    }
  }
}
