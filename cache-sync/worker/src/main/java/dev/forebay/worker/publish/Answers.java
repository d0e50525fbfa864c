package dev.forebay.worker.publish;

import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one call taught us about its keys.
 *
 * <p>An intent that an earlier, unanswered call left open is closed only by an acceptance of a call
 * that began after its deadline: until then the earlier call may still be applied over this one. A
 * key that was not accepted keeps its intent even where the server said no, because KV may hold the
 * value all the same ("not written to all storage backends").
 *
 * @param accepted by KV, each with the time until which an earlier call may still be applied, or
 *     null
 * @param doubtful not accepted, or not answered: each with the time until which the call may still
 *     be applied
 * @param unanswered those of the doubtful ones that got no answer
 * @param failure why the last key failed, or null if none did
 */
record Answers(
    Map<Change, @Nullable Instant> accepted,
    Map<Change, Instant> doubtful,
    Set<Change> unanswered,
    @Nullable KvException failure) {

  /**
   * @param changes of the call
   * @param outcomes by the key in KV, one for each change
   * @param began when the call began
   * @param now when it was over
   */
  static Answers of(
      List<Change> changes, Map<String, KeyOutcome> outcomes, Instant began, Instant now) {
    Map<Change, @Nullable Instant> accepted = new LinkedHashMap<>();
    Map<Change, Instant> doubtful = new LinkedHashMap<>();
    Set<Change> unanswered = new LinkedHashSet<>();
    KvException failure = null;
    for (Change change : changes) {
      Instant earlier = stillOpen(change.before().openUntil(), began);
      switch (Objects.requireNonNull(outcomes.get(change.kvKey()))) {
        case KeyOutcome.Stored stored -> accepted.put(change, later(earlier, stored.openUntil()));
        case KeyOutcome.Failed failed -> {
          doubtful.put(change, earlier == null ? now : earlier);
          failure = failed.cause();
        }
        case KeyOutcome.Ambiguous open -> {
          doubtful.put(change, Objects.requireNonNull(later(earlier, open.openUntil())));
          failure = open.cause();
          unanswered.add(change);
        }
      }
    }
    return new Answers(accepted, doubtful, unanswered, failure);
  }

  /** The changes that KV has made, or may have made: what is billed. */
  List<Change> mayBeDone() {
    List<Change> changes = new ArrayList<>(accepted.keySet());
    changes.addAll(unanswered);
    return changes;
  }

  private static @Nullable Instant stillOpen(@Nullable Instant openUntil, Instant began) {
    return openUntil != null && openUntil.isAfter(began) ? openUntil : null;
  }

  private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isAfter(other) ? one : other;
  }
}
