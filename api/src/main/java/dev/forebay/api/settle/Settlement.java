package dev.forebay.api.settle;

import dev.forebay.api.settle.Holdings.Absent;
import dev.forebay.api.token.Touched;
import dev.forebay.ledger.Ledger;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Snapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until KV has accepted the documents that writes touched.
 *
 * <p>However many wait, one thread looks for all of them, ten times a second; when nobody waits it
 * does not look. Safe for any thread, but for {@link #start} and {@link #close}.
 */
public final class Settlement implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);

  /** Longer than a document takes on its way to KV when nothing else is in it. */
  private static final Duration BETWEEN = Duration.ofMillis(100);

  private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(10);

  /** Documents of all who wait together; a look stays one short query. */
  private static final int MOST_DOCUMENTS = 10_000;

  private static final Absent NONE = new Absent(Snapshot.parse("1:1:"), Set.of());

  private final Holdings holdings;
  private final Counter looks;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Awaited> waiting = new LinkedHashSet<>();
  private int documents;
  private boolean closed;
  private @Nullable Thread thread;
  private long warnedAt = System.nanoTime() - BETWEEN_WARNINGS.toNanos();

  Settlement(Holdings holdings, MeterRegistry metrics) {
    this.holdings = holdings;
    this.looks =
        Counter.builder("forebay.wait.looks")
            .description("Looks into the ledger for those who wait until KV has their write")
            .register(metrics);
  }

  /**
   * Waits for documents of an instance.
   *
   * @param dataSource whose role reads ledger and models; not closed here
   */
  public static Settlement of(
      DataSource dataSource, ReadModels models, Instance instance, MeterRegistry metrics) {
    return new Settlement(
        new LedgerHoldings(dataSource, Ledger.open(dataSource, instance), models, instance),
        metrics);
  }

  /** Begins to look. */
  public void start() {
    thread = Thread.ofVirtual().name("settlement").start(this::run);
  }

  /**
   * Blocks until KV has accepted what a transaction touched, or the time is up.
   *
   * @param touched by a transaction that is committed
   * @return whether KV has it; false at once where that cannot be known: whole models are touched,
   *     or too many wait
   */
  public boolean await(Touched touched, Duration most) throws InterruptedException {
    if (touched.isEmpty()) {
      return true;
    }
    Awaited one = new Awaited(touched);
    if (!touched.models().isEmpty() || !enter(one)) {
      return false;
    }
    try {
      return one.await(most);
    } finally {
      leave(one);
    }
  }

  private boolean enter(Awaited one) {
    lock.lock();
    try {
      if (closed || documents + one.size() > MOST_DOCUMENTS) {
        return false;
      }
      documents += one.size();
      waiting.add(one);
      changed.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void leave(Awaited one) {
    lock.lock();
    try {
      if (waiting.remove(one)) {
        documents -= one.size();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (List<Awaited> all = next(); !all.isEmpty(); all = next()) {
        look(all);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Those who wait, a while after the last look; none when it is over. */
  private List<Awaited> next() throws InterruptedException {
    lock.lock();
    try {
      long left = BETWEEN.toNanos();
      while (!closed && (left > 0 || waiting.isEmpty())) {
        if (waiting.isEmpty()) {
          changed.await();
          left = BETWEEN.toNanos();
        } else {
          left = changed.awaitNanos(left);
        }
      }
      return closed ? List.of() : List.copyOf(waiting);
    } finally {
      lock.unlock();
    }
  }

  private void look(List<Awaited> all) {
    looks.increment();
    try {
      Set<String> left = new HashSet<>();
      all.forEach(one -> left.addAll(one.left()));
      Map<String, Optional<Snapshot>> certain = holdings.certain(left);
      all.forEach(one -> one.learn(certain, NONE));
      doubtful(all, certain).values().forEach(keys -> lookForAbsent(all, certain, keys));
    } catch (SQLException | RuntimeException e) {
      warn(e);
    }
  }

  /** Keys of which KV lacks the documents, by what stands before the colon: their model. */
  private static Map<String, Set<String>> doubtful(
      List<Awaited> all, Map<String, Optional<Snapshot>> certain) {
    Map<String, Set<String>> byModel = new HashMap<>();
    for (Awaited one : all) {
      for (String key : one.doubtful(certain)) {
        String model = key.substring(0, key.indexOf(':'));
        byModel.computeIfAbsent(model, name -> new HashSet<>()).add(key);
      }
    }
    return byModel;
  }

  /** One model that cannot be looked at keeps nobody waiting who asks for others. */
  private void lookForAbsent(
      List<Awaited> all, Map<String, Optional<Snapshot>> certain, Set<String> keys) {
    try {
      Absent absent = holdings.absent(keys);
      all.forEach(one -> one.learn(certain, absent));
    } catch (SQLException | RuntimeException e) {
      warn(e);
    }
  }

  /** Who waits is told that it is pending when the time is up; one line for many looks. */
  private void warn(Exception cause) {
    long now = System.nanoTime();
    if (now - warnedAt >= BETWEEN_WARNINGS.toNanos()) {
      warnedAt = now;
      LOG.atWarn().setCause(cause).log("cannot see what KV has accepted; those who wait go on");
    }
  }

  /** Whoever waits goes on at once, and nobody waits any more. */
  @Override
  public void close() {
    Collection<Awaited> left;
    lock.lock();
    try {
      closed = true;
      left = new ArrayList<>(waiting);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    left.forEach(Awaited::abandon);
    join();
  }

  private void join() {
    try {
      if (thread != null && !thread.join(BETWEEN_WARNINGS)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
