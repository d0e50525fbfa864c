package dev.forebay.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of one worker's stages, started and ended together. Safe for any thread. */
final class Loops {

  private static final Logger LOG = LoggerFactory.getLogger(Loops.class);
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Consumer<Throwable> fatal;
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private final List<Loop> watched = new CopyOnWriteArrayList<>();

  /**
   * @param fatal told what ended a loop: a lost lease, or an error
   */
  Loops(Consumer<Throwable> fatal) {
    this.fatal = fatal;
  }

  void start(String name, Loop.Step step) {
    loops.add(new Loop(name, step, fatal));
  }

  /** Starts a loop whose steps are short, so that one that is not hangs. */
  void startWatched(String name, Loop.Step step) {
    Loop loop = new Loop(name, step, fatal);
    watched.add(loop);
    loops.add(loop);
  }

  /** The watched loops that have been in one step for longer than the limit. */
  List<String> stuck(Duration limit) {
    return watched.stream()
        .filter(loop -> loop.inStep().compareTo(limit) > 0)
        .map(loop -> loop.name() + ", for " + loop.inStep().toSeconds() + " s")
        .toList();
  }

  /**
   * Ends the loops after the steps that are running; one that takes too long is interrupted.
   *
   * @return whether all have ended; where not, call it again
   */
  boolean close() {
    loops.forEach(Loop::end);
    try {
      List<Loop> late = join(loops);
      late.forEach(Loop::interrupt);
      List<Loop> left = join(late);
      for (Loop loop : left) {
        // A socket read cannot be interrupted; the pool's close ends it.
        LOG.atWarn().addKeyValue("loop", loop.name()).log("A step does not end; leaving it behind");
      }
      loops.retainAll(left);
      watched.retainAll(left);
      return left.isEmpty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Returns the loops that have not ended in time. */
  private static List<Loop> join(Collection<Loop> loops) throws InterruptedException {
    long deadline = System.nanoTime() + GRACE.toNanos();
    List<Loop> late = new ArrayList<>();
    for (Loop loop : loops) {
      if (!loop.join(Duration.ofNanos(deadline - System.nanoTime()))) {
        late.add(loop);
      }
    }
    return late;
  }
}
