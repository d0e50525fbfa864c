package dev.forebay.ops.dev;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process with all its descendants, as they were when it was looked at. */
record ProcessTree(List<ProcessHandle> processes) {

  private static final Logger log = LoggerFactory.getLogger(ProcessTree.class);
  private static final Duration AFTER_ROOT = Duration.ofSeconds(2);
  private static final Duration AFTER_KILL = Duration.ofSeconds(5);

  ProcessTree {
    processes = List.copyOf(processes);
  }

  /** Looks at a process now. */
  static ProcessTree of(ProcessHandle root) {
    return new ProcessTree(Stream.concat(Stream.of(root), root.descendants()).toList());
  }

  /**
   * Ends all of it and waits: the root is asked first, because it may know how to end its children
   * in order; when it has gone, or the grace is over, all the others are asked, then killed.
   */
  void stop(Duration grace) {
    ProcessHandle root = processes.getFirst();
    root.destroy();
    new ProcessTree(List.of(root)).await(grace);
    processes.forEach(ProcessHandle::destroy);
    await(AFTER_ROOT);
  }

  /** Waits; whoever still lives after that time is killed. */
  void await(Duration time) {
    if (!ends(time)) {
      processes.forEach(ProcessHandle::destroyForcibly);
      if (!ends(AFTER_KILL)) {
        log.atWarn().addKeyValue("pids", living()).log("processes survive being killed");
      }
    }
  }

  private List<Long> living() {
    return processes.stream().filter(ProcessHandle::isAlive).map(ProcessHandle::pid).toList();
  }

  /** Waits until every process has ended; false if one still lives after that time. */
  private boolean ends(Duration time) {
    CompletableFuture<?>[] exits =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(exits).get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot wait for a process", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
