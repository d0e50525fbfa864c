package dev.forebay.ops.faults.world;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers, kept alive as an orchestrator keeps them: when none lives, one is started after a
 * moment. That is all the help they get. Safe for any thread.
 */
public final class Workers implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
  private static final Duration LOOK = Duration.ofMillis(200);

  private final Map<String, String> environment;
  private final Path log;
  private final List<WorkerProcess> living = new CopyOnWriteArrayList<>();
  private final Thread keeper;
  private volatile boolean closed;
  private volatile int started;

  /** Starts the first worker and keeps one alive from now on. */
  Workers(Map<String, String> environment, Path log) throws IOException {
    this.environment = Map.copyOf(environment);
    this.log = log;
    startAnother();
    this.keeper = Thread.ofPlatform().name("workers").start(this::keep);
  }

  private void keep() {
    try {
      while (!closed) {
        Thread.sleep(LOOK);
        bury();
        synchronized (this) {
          if (living.isEmpty() && !closed) {
            startAnother();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.atError().setCause(e).log("no worker can be started");
    }
  }

  private void bury() {
    for (WorkerProcess worker : List.copyOf(living)) {
      if (!worker.isAlive()) {
        living.remove(worker);
        LOG.atInfo().addKeyValue("exitCode", worker.exitCode()).log("a worker has ended");
        worker.close();
      }
    }
  }

  /** Starts a worker beside those that live. */
  public synchronized WorkerProcess startAnother() throws IOException {
    if (closed) {
      throw new IOException("the run is over");
    }
    WorkerProcess worker = WorkerProcess.start(environment, freePort(), log);
    living.add(worker);
    started++;
    return worker;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Those that live now, the oldest first; one that has just died may be among them. */
  public List<WorkerProcess> living() {
    return List.copyOf(living);
  }

  /** One of those that live; null if there is none now. */
  public @Nullable WorkerProcess any(Random random) {
    List<WorkerProcess> now = new ArrayList<>(living);
    now.removeIf(worker -> !worker.isAlive());
    return now.isEmpty() ? null : now.get(random.nextInt(now.size()));
  }

  /** How many have been started. */
  public int started() {
    return started;
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    keeper.interrupt();
    living.forEach(WorkerProcess::close);
  }
}
