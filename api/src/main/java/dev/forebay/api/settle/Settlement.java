package dev.forebay.api.settle;

import dev.forebay.api.limit.Seldom;
import dev.forebay.api.settle.Holdings.Absent;
import dev.forebay.api.settle.Holdings.Certain;
import dev.forebay.api.token.Touched;
import dev.forebay.ledger.Ledger;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModels;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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

  /** About what a document takes on its way to KV when nothing else is in it. */
  private static final Duration BETWEEN = Duration.ofMillis(100);

  /** Documents of all who wait together; a look stays one short query. */
  private static final int MOST_DOCUMENTS = 10_000;

  /** In one look, of documents that KV lacks: who waits for others waits for this. */
  private static final Duration ASKING = Duration.ofMillis(300);

  /** Documents of one model that are built in a look, only to see whether they exist. */
  private static final int MOST_ASKED = 100;

  private static final Duration JOIN = Duration.ofSeconds(10);

  private final Holdings holdings;
  private final Counter looks;
  private final int mostWaiting;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Awaited> waiting = new LinkedHashSet<>();
  private int documents;
  private long lookedAt = System.nanoTime() - BETWEEN.toNanos();
  private boolean closed;
  private @Nullable Thread thread;
  private final Seldom failures = new Seldom();

  Settlement(Holdings holdings, int mostWaiting, MeterRegistry metrics) {
    this.holdings = holdings;
    this.mostWaiting = mostWaiting;
    this.looks =
        Counter.builder("forebay.wait.looks")
            .description("Looks into the ledger for those who wait until KV has their write")
            .register(metrics);
    Gauge.builder("forebay.wait.waiting", this, Settlement::waiting)
        .description("Requests that wait until KV has their write")
        .register(metrics);
  }

  /**
   * Waits for documents of an instance.
   *
   * @param dataSource whose role reads ledger and models; not closed here
   * @param mostWaiting how many may wait: each keeps a connection of a client, and a reply
   */
  public static Settlement of(
      DataSource dataSource,
      ReadModels models,
      Instance instance,
      int mostWaiting,
      MeterRegistry metrics) {
    return new Settlement(
        new LedgerHoldings(dataSource, Ledger.open(dataSource, instance), models, instance),
        mostWaiting,
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
      if (closed || waiting.size() >= mostWaiting || documents + one.size() > MOST_DOCUMENTS) {
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

  private int waiting() {
    lock.lock();
    try {
      return waiting.size();
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

  /**
   * Those who wait, a while after the last look; none when it is over. Who comes first is looked
   * for at once: what KV has before the worker changes it tells a deletion from what never was.
   */
  private List<Awaited> next() throws InterruptedException {
    lock.lock();
    try {
      long left = lookedAt + BETWEEN.toNanos() - System.nanoTime();
      while (!closed && (left > 0 || waiting.isEmpty())) {
        if (waiting.isEmpty()) {
          changed.await();
        } else {
          changed.awaitNanos(left);
        }
        left = lookedAt + BETWEEN.toNanos() - System.nanoTime();
      }
      lookedAt = System.nanoTime();
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
      Certain now = holdings.certain(left);
      all.forEach(one -> one.learn(now));
      ask(all, now);
      all.forEach(one -> one.learn(now));
    } catch (SQLException | RuntimeException | Error e) {
      // Without this thread everybody would be told that it is pending, for ever.
      warn(e);
    }
  }

  /** In another order each time, because time or room may not do for all. */
  private void ask(List<Awaited> all, Certain now) {
    Map<String, Set<String>> byModel = new HashMap<>();
    for (Awaited one : all) {
      one.ask(now, (key, model) -> byModel.computeIfAbsent(model, m -> new HashSet<>()).add(key));
    }
    List<String> models = new ArrayList<>(byModel.keySet());
    Collections.shuffle(models);
    long end = System.nanoTime() + ASKING.toNanos();
    for (String model : models) {
      List<String> keys = new ArrayList<>(byModel.get(model));
      Collections.shuffle(keys);
      ask(all, model, keys.subList(0, Math.min(MOST_ASKED, keys.size())), end);
    }
  }

  /** A model, or a document, that cannot be looked at keeps nobody waiting who asks for others. */
  private void ask(List<Awaited> all, String model, List<String> keys, long end) {
    if (System.nanoTime() - end >= 0) {
      return;
    }
    try {
      Absent absent = holdings.absent(model, keys);
      all.forEach(one -> one.learn(keys, absent));
    } catch (SQLException | RuntimeException e) {
      warn(e);
      int half = keys.size() / 2;
      if (half > 0) {
        ask(all, model, keys.subList(0, half), end);
        ask(all, model, keys.subList(half, keys.size()), end);
      }
    }
  }

  /** Who waits is told that it is pending when the time is up; one line for many looks. */
  private void warn(Throwable cause) {
    if (failures.isDue()) {
      LOG.atWarn().setCause(cause).log("cannot see what KV has accepted; those who wait go on");
    }
  }

  /** Whoever waits goes on at once, and nobody waits any more. */
  public void abandon() {
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
  }

  /** Abandons who waits, and ends the look that is under way. */
  @Override
  public void close() {
    abandon();
    try {
      if (thread != null && !thread.join(JOIN)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
