package dev.forebay.worker.verify;

import dev.forebay.model.DocumentKey;
import dev.forebay.worker.verify.Drift.Kind;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Doubtful keys on their way to a verdict, in rounds with a pause before each. A key is wrong only
 * if it was wrong in two rounds while one side said the same; one that was settled lately is looked
 * at in a third, because KV may show for a while what it held before. For one thread.
 */
final class Doubts {

  private static final int PAGE = 100;

  private final SecondLook looking;
  private final Excuses excuses;
  private final Duration pause;
  private final ArrayDeque<DocumentKey> queue;
  private Map<DocumentKey, Verdict> before = Map.of();
  private Map<DocumentKey, Verdict> wrong = new HashMap<>();
  private final List<Drift> drift = new ArrayList<>();
  private final List<Awaited> awaited = new ArrayList<>();
  private int round = 1;

  /**
   * @param pause that the caller makes before each round
   */
  Doubts(SecondLook looking, Excuses excuses, Duration pause, Collection<DocumentKey> keys) {
    this.looking = looking;
    this.excuses = excuses;
    this.pause = pause;
    this.queue = new ArrayDeque<>(keys);
  }

  /** Looks at the next hundred keys of a round; returns whether there are more of them. */
  boolean look() throws SQLException {
    List<DocumentKey> page = new ArrayList<>();
    while (page.size() < PAGE && !queue.isEmpty()) {
      page.add(queue.remove());
    }
    Excuses.@Nullable Before asked = round == 1 ? null : excuses.ask(page);
    for (Map.Entry<DocumentKey, Verdict> one : looking.look(page).entrySet()) {
      if (one.getValue().kind() != null) {
        judge(one.getKey(), one.getValue(), asked);
      }
    }
    return !queue.isEmpty();
  }

  private void judge(DocumentKey key, Verdict verdict, Excuses.@Nullable Before asked) {
    Verdict first = before.get(key);
    if (first == null || asked == null) {
      wrong.put(key, verdict);
    } else if (verdict.confirms(first)) {
      if (round == 2 && verdict.isSettledWithin(pause)) {
        wrong.put(key, verdict);
        return;
      }
      Kind kind = Objects.requireNonNull(verdict.kind());
      asked
          .excuse(key, verdict, first)
          .ifPresentOrElse(
              why -> awaited.add(new Awaited(key, kind, why)),
              () -> drift.add(new Drift(key, kind)));
    }
  }

  /** Begins another round, before which the caller pauses; returns whether one is needed. */
  boolean again() {
    before = wrong;
    wrong = new HashMap<>();
    queue.addAll(before.keySet());
    round++;
    return !queue.isEmpty();
  }

  List<Drift> drift() {
    return drift;
  }

  List<Awaited> awaited() {
    return awaited;
  }
}
