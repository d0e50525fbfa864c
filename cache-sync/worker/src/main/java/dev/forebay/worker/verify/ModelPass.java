package dev.forebay.worker.verify;

import dev.forebay.model.DocumentKey;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One model on its way through a round, a page at a time. For one thread. */
final class ModelPass {

  /** What comes after a step. */
  enum Next {
    /** Another step. */
    STEP,
    /** Another step, after the pause that precedes a look. */
    PAUSE,
    /** Nothing. */
    END
  }

  /** More say enough: the round is not complete. */
  private static final int MOST_DOUBTFUL = 10_000;

  private final Sides sides;
  private final Excuses excuses;
  private final Duration pause;
  private final ArrayDeque<Scan> scans;
  private final Set<DocumentKey> doubtful = new LinkedHashSet<>();
  private @Nullable Doubts doubts;
  private long documents;
  private boolean complete = true;

  ModelPass(Sides sides, String model, Excuses excuses, Duration pause) {
    this.sides = sides;
    this.excuses = excuses;
    this.pause = pause;
    VerifyScope all = new VerifyScope(Set.of(model), 100, false);
    this.scans = new ArrayDeque<>(Verifier.scans(sides, model, all));
  }

  /** Whether the next step makes a request to KV. */
  boolean asksKv() {
    return scans.isEmpty() || scans.getFirst() instanceof KvScan;
  }

  Next step() throws SQLException {
    if (!scans.isEmpty()) {
      scan();
      return Next.STEP;
    }
    if (doubts == null) {
      doubts = new Doubts(new SecondLook(sides), excuses, pause, doubtful);
      return doubtful.isEmpty() ? Next.END : Next.PAUSE;
    }
    if (doubts.look()) {
      return Next.STEP;
    }
    return doubts.again() ? Next.PAUSE : Next.END;
  }

  private void scan() throws SQLException {
    Scan scan = scans.getFirst();
    if (!scan.page(this::doubt)) {
      documents += scan instanceof PublishedScan ? scan.done() : 0;
      scan.close();
      scans.removeFirst();
    }
  }

  private void doubt(DocumentKey key) {
    if (doubtful.size() < MOST_DOUBTFUL) {
      doubtful.add(key);
    } else {
      complete &= doubtful.contains(key);
    }
  }

  /** Documents that were compared. */
  long documents() {
    return documents;
  }

  /** Keys that are wrong. */
  List<Drift> drift() {
    return doubts == null ? List.of() : doubts.drift();
  }

  /** False if there were more doubtful keys than are looked at. */
  boolean isComplete() {
    return complete;
  }
}
