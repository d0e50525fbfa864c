package dev.forebay.ops.faults;

import java.util.EnumSet;
import java.util.Set;

/** Everything that is made to fail. */
enum FaultKind {
  // The worker, at any moment
  KILL(Side.WORKER, 6),
  TERMINATE(Side.WORKER, 3),
  PAUSE(Side.WORKER, 3),
  SECOND_WORKER(Side.WORKER, 3),
  PAUSED_AND_REPLACED(Side.WORKER, 2),
  // The worker, at places we can see from outside
  KILL_AFTER_INTENT(Side.WORKER, 3),
  KILL_BEFORE_APPLY(Side.WORKER, 3),
  KILL_AFTER_APPLY(Side.WORKER, 5),
  KILL_AFTER_APPLY_OF_AN_ORPHAN(Side.WORKER, 3),
  KILL_AFTER_ANSWER(Side.WORKER, 3),
  KILL_AT_ENGINE_START(Side.WORKER, 3),
  KILL_DURING_BACKFILL(Side.WORKER, 2),
  // PostgreSQL
  DATABASE_CRASH(Side.DATABASE, 3),
  WALSENDER_TERMINATED(Side.DATABASE, 5),
  SLOT_DROPPED(Side.DATABASE, 2),
  DATABASE_CUT(Side.DATABASE, 3),
  DATABASE_HALF_OPEN(Side.DATABASE, 2),
  DATABASE_SLOW(Side.DATABASE, 1),
  // Takes minutes to be noticed, so that it must be asked for
  DATABASE_FORGETS_CONNECTIONS(Side.DATABASE, 0),
  COMMITS_WAIT(Side.DATABASE, 2),
  COMMITS_HIDDEN(Side.DATABASE, 3),
  COMMITS_INTERLEAVED(Side.DATABASE, 2),
  // KV
  KV_THROTTLED(Side.KV, 3),
  KV_ERRORS(Side.KV, 4),
  KV_PARTIAL(Side.KV, 4),
  KV_TIME_OUT_AFTER_APPLY(Side.KV, 3),
  KV_LATE_APPLY(Side.KV, 5),
  KV_BROKEN_ANSWER(Side.KV, 2),
  KV_TOKEN_REVOKED(Side.KV, 2),
  KV_CUT(Side.KV, 3),
  KV_HALF_OPEN(Side.KV, 2),
  KV_NO_ANSWERS(Side.KV, 2),
  KV_FORGETS_CONNECTIONS(Side.KV, 1),
  KV_SLOW(Side.KV, 1);

  /** Where it fails. */
  enum Side {
    WORKER,
    DATABASE,
    KV
  }

  /** Those that need tables of our own. */
  private static final Set<FaultKind> OUR_DATA =
      EnumSet.of(KILL_AFTER_APPLY_OF_AN_ORPHAN, COMMITS_HIDDEN, COMMITS_INTERLEAVED);

  /** Those that need a server of our own. */
  private static final Set<FaultKind> OWN = EnumSet.of(DATABASE_CRASH, COMMITS_WAIT);

  private final Side side;
  private final int weight;

  FaultKind(Side side, int weight) {
    this.side = side;
    this.weight = weight;
  }

  /** Whether it can be made there. */
  boolean isPossible(boolean ownServer, boolean ownData) {
    return (ownServer || !OWN.contains(this)) && (ownData || !OUR_DATA.contains(this));
  }

  Side side() {
    return side;
  }

  /** How often it is chosen, beside the others; 0 only where it was asked for. */
  int weight() {
    return weight;
  }
}
