package dev.forebay.ops.faults.check;

import dev.forebay.ops.faults.check.Violations.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes of which we know when and where in the log they were committed, and that KV must show one
 * by one. From them come the true lag, and whether the slot has been acknowledged too far.
 *
 * <p>Acknowledgement: the position taken <em>after</em> a canary's commit is not before its commit
 * record. So if the slot has confirmed that position, the canary was acknowledged, and KV must have
 * been given it, or a newer value of the same row. The slot is read before KV's log, so that a
 * canary that is not there was really missing. Safe for any thread.
 */
public final class Canaries {

  /**
   * A committed change that KV has not shown yet.
   *
   * @param id of the row
   * @param n what it says; grows from canary to canary
   * @param position in the log, taken after the commit
   * @param committed a moment after the commit
   */
  public record Canary(int id, long n, long position, Instant committed) {}

  private static final int REPORTED_PER_LOOK = 3;

  private final List<Canary> pending = new ArrayList<>();
  private final List<Canary> accused = new ArrayList<>();
  private final Violations violations;

  public Canaries(Violations violations) {
    this.violations = violations;
  }

  /** Was committed. */
  public synchronized void committed(Canary canary) {
    pending.add(canary);
  }

  /** KV was given this value of this row. */
  synchronized void applied(int id, long n) {
    pending.removeIf(canary -> canary.id == id && canary.n <= n);
  }

  /** How far KV was behind at this time, judging by what it has shown until now. */
  public synchronized Duration trueLag(Instant at) {
    Instant oldest = at;
    for (Canary canary : pending) {
      if (canary.committed.isBefore(oldest)) {
        oldest = canary.committed;
      }
    }
    return Duration.between(oldest, at);
  }

  /**
   * Judges an acknowledgement; all that KV was given when it was read must have been {@link
   * #applied} here since.
   */
  public synchronized void acknowledged(long position, Instant now) {
    int said = 0;
    for (Canary canary : pending) {
      if (canary.position <= position && !accused.contains(canary) && said < REPORTED_PER_LOOK) {
        said++;
        accused.add(canary);
        violations.add(
            Promise.ACKNOWLEDGED,
            "slot confirmed to %X, past canary:%d n=%d committed by %X at %s, not in KV at %s"
                .formatted(position, canary.id, canary.n, canary.position, canary.committed, now));
      }
    }
  }
}
