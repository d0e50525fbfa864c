package dev.forebay.worker.verify;

import dev.forebay.worker.verify.Drift.Kind;
import java.util.List;

/**
 * What a verification found.
 *
 * @param listed keys in KV that were listed
 * @param compared documents that were built, or whose values were read
 * @param healed keys that were different at first and not wrong for good: right at a later look,
 *     changing, or dead letters
 * @param drift keys that are wrong
 * @param awaited keys that are wrong and that the worker is known to be about to write; they were
 *     not judged
 * @param underWay backfills and resyncs of these models meanwhile
 * @param complete false if there were more doubtful keys than are looked at twice
 */
public record VerifyResult(
    long listed,
    long compared,
    long healed,
    List<Drift> drift,
    List<Awaited> awaited,
    List<UnderWay> underWay,
    boolean complete) {

  public VerifyResult {
    drift = List.copyOf(drift);
    awaited = List.copyOf(awaited);
    underWay = List.copyOf(underWay);
  }

  /** How many keys are wrong in this way. */
  public long count(Kind kind) {
    return drift.stream().filter(one -> one.kind() == kind).count();
  }

  /** How many keys were not judged for this reason. */
  public long count(Awaited.Why why) {
    return awaited.stream().filter(one -> one.why() == why).count();
  }
}
