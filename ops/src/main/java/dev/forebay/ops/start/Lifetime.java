package dev.forebay.ops.start;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything a process has opened, closed once and in reverse order: at SIGTERM, at Ctrl-C, or when
 * one part cannot go on. Safe for any thread.
 *
 * <p>Closing waits for a part that is being opened, so that nothing is left behind by a signal that
 * comes during start-up.
 */
public final class Lifetime implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Lifetime.class);

  private final Deque<Part> parts = new ArrayDeque<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile boolean closing;
  private volatile @Nullable String failure;

  private record Part(String name, AutoCloseable closeable) {}

  /** The process is going down; what was to be opened next is not opened. */
  public static final class ClosingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private ClosingException(String part) {
      super("stopped before " + part + " was started");
    }
  }

  /** Opens the parts of a process. */
  public interface Start {
    /** Opens parts through the lifetime, so that they are closed with it. */
    void in(Lifetime lifetime) throws Exception;
  }

  /**
   * Runs a process in the foreground: starts it, blocks until a signal or a failure, closes it.
   *
   * @return why it could not go on, or null if it was told to stop
   * @throws Exception whatever starting throws; everything is closed by then
   */
  public static @Nullable String run(Start start) throws Exception {
    try (Lifetime lifetime = new Lifetime()) {
      lifetime.closeOnSignal();
      try {
        start.in(lifetime);
      } catch (Exception e) {
        if (lifetime.closing) {
          // What was being started lost what it needs; that is no fault.
          return null;
        }
        throw e;
      }
      return lifetime.await();
    }
  }

  /** Closes everything when the JVM is told to end. Call once, before the first part. */
  private void closeOnSignal() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "shutdown"));
  }

  /**
   * Opens a part and keeps it to be closed.
   *
   * @param name for the log
   * @throws ClosingException if the process is already going down
   * @throws Exception whatever opening throws
   */
  public synchronized <T extends AutoCloseable> T open(String name, Callable<T> opener)
      throws Exception {
    if (closing) {
      throw new ClosingException(name);
    }
    T part = opener.call();
    parts.push(new Part(name, part));
    return part;
  }

  /** Ends {@link #await} because a part cannot go on; only the first reason counts. */
  public void fail(String reason) {
    synchronized (end) {
      if (!closing && failure == null) {
        failure = reason;
      }
    }
    end.countDown();
  }

  /** Ends {@link #await} because the process has done what it was for. */
  public void finish() {
    end.countDown();
  }

  /**
   * Blocks until the process should end.
   *
   * @return why it cannot go on, or null if it was told to stop
   */
  @Nullable String await() throws InterruptedException {
    end.await();
    return failure;
  }

  @Override
  public void close() {
    closing = true;
    end.countDown();
    synchronized (this) {
      while (!parts.isEmpty()) {
        Part part = parts.pop();
        try {
          part.closeable().close();
        } catch (Exception e) {
          log.atWarn().addKeyValue("part", part.name()).setCause(e).log("closing failed");
        }
      }
    }
  }
}
