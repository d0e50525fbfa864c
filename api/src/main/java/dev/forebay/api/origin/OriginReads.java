package dev.forebay.api.origin;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.forebay.api.limit.Seldom;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.SqlProblems;
import dev.forebay.model.DocumentKey;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Documents from the cache where that will do, else from the database, once for all who ask at the
 * same time. Safe for any thread.
 *
 * <p>Two rounds are enough: a request that finds nothing joins the load that is under way, whose
 * snapshot may have been taken before the request came and so may lack what its token demands. Any
 * load that begins after that one has ended began after the request came, and its snapshot sees all
 * that had been committed by then. One that does not was not taken on the primary: the answer is
 * 503, and there is no third round.
 *
 * <p>A load runs on a thread of its own, so that nobody waits longer than it has patience, whatever
 * the database does.
 */
final class OriginReads {

  private static final Logger LOG = LoggerFactory.getLogger(OriginReads.class);

  /** How old a version may be that a request without token is given, and no older. */
  static final Duration UNASKED_AGE = Duration.ofSeconds(1);

  /** How long a load waits for others to end: more than the edge waits for an answer. */
  static final Duration TURN = Duration.ofSeconds(1);

  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(5);

  private final DocumentSource source;
  private final Entries entries;
  private final Ticker ticker;
  private final OriginMetrics metrics;
  private final Map<String, Load> loads = new ConcurrentHashMap<>();
  private final Semaphore turns;
  private final Duration patience;
  private final Seldom crowded = new Seldom();
  private final Seldom unmet = new Seldom();

  /**
   * @param atOnce loads at most
   * @param patience how long a request waits in all
   * @param ticker the clock by which versions age, also that of the source
   */
  OriginReads(
      DocumentSource source,
      Entries entries,
      int atOnce,
      Duration patience,
      Ticker ticker,
      OriginMetrics metrics) {
    this.source = source;
    this.entries = entries;
    this.turns = new Semaphore(atOnce, true);
    this.patience = patience;
    this.ticker = ticker;
    this.metrics = metrics;
  }

  /** The version that is kept for a KV key, of whatever age, or null; it waits for nothing. */
  @Nullable Version kept(String kvKey) {
    return entries.find(kvKey);
  }

  /**
   * Reads a document, or that there is none.
   *
   * @param demand what a token demands; null if the request has no token
   * @return a version that meets the demand
   * @throws ApiProblem 503 if that is not to be had now
   */
  Version read(DocumentKey key, @Nullable Demand demand) {
    long came = ticker.read();
    String kvKey = key.kvKey();
    Version kept = acceptable(entries.find(kvKey), demand, came);
    if (kept != null) {
      return count(OriginOutcome.HIT, kept);
    }
    try {
      return load(key, demand, came);
    } catch (ApiProblem e) {
      metrics.count(
          e.type() == ProblemType.OVERLOADED ? OriginOutcome.LIMITED : OriginOutcome.FAILED);
      throw e;
    }
  }

  private Version load(DocumentKey key, @Nullable Demand demand, long came) {
    Load mine = new Load();
    Load first = join(key, mine, demand, came);
    Version version = first.await(left(came));
    if (first == mine) {
      return count(OriginOutcome.LOAD, proven(version, demand));
    }
    if (acceptable(version, demand, came) != null) {
      return count(OriginOutcome.JOINED, version);
    }
    Load second = join(key, mine, demand, came);
    version = proven(second.await(left(came)), demand);
    return count(second == mine ? OriginOutcome.LOAD : OriginOutcome.JOINED, version);
  }

  /**
   * Joins the load that is under way for a document, else begins one.
   *
   * @param mine the one that is begun
   * @return the one to wait for; one that is done already if its version has been kept meanwhile
   */
  private Load join(DocumentKey key, Load mine, @Nullable Demand demand, long came) {
    Load running = loads.get(key.kvKey());
    if (running != null) {
      return running;
    }
    // Asked again under the map's lock: a load that has just ended kept its version first.
    AtomicReference<@Nullable Load> kept = new AtomicReference<>();
    Load joined =
        loads.computeIfAbsent(
            key.kvKey(),
            unused -> {
              Version version = acceptable(entries.find(key.kvKey()), demand, came);
              if (version == null) {
                return mine;
              }
              kept.set(Load.of(version));
              return null;
            });
    if (joined == mine) {
      Thread.ofVirtual().name("origin-load").start(() -> run(key, mine));
    }
    return joined == null ? Objects.requireNonNull(kept.get()) : joined;
  }

  private void run(DocumentKey key, Load load) {
    try {
      Version version = loadInTurn(key);
      loads.remove(key.kvKey(), load);
      load.complete(version);
    } catch (SQLException e) {
      loads.remove(key.kvKey(), load);
      load.fail(SqlProblems.translate(e));
    } catch (RuntimeException | Error e) {
      loads.remove(key.kvKey(), load);
      load.fail(e);
    }
  }

  private Version loadInTurn(DocumentKey key) throws SQLException {
    if (!awaitTurn()) {
      if (crowded.isDue()) {
        LOG.warn("more origin reads than can be served; answering 503 to the others");
      }
      throw ApiProblem.of(ProblemType.OVERLOADED).retryAfter(SOON);
    }
    try {
      Entries.Life before = entries.life();
      Version version = source.load(key);
      entries.keep(version, before);
      return version;
    } finally {
      turns.release();
    }
  }

  private boolean awaitTurn() {
    try {
      return turns.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The version if it does for a request that came then, whoever built it; else null. */
  private static @Nullable Version acceptable(
      @Nullable Version version, @Nullable Demand demand, long came) {
    if (version == null) {
      return null;
    }
    boolean does =
        demand == null
            ? came - version.takenNanos() <= UNASKED_AGE.toNanos()
            : demand.isMetBy(version);
    return does ? version : null;
  }

  /** The version, whose snapshot was taken after the request came. */
  private Version proven(Version version, @Nullable Demand demand) {
    if (demand == null || demand.isMetByNew(version)) {
      return version;
    }
    if (unmet.isDue()) {
      LOG.atWarn()
          .addKeyValue("snapshot", version.snapshot())
          .log("a new snapshot lacks what a token proves; answering 503");
    }
    throw ApiProblem.of(ProblemType.UNAVAILABLE, "The database lacks what the token proves.")
        .retryAfter(LATER);
  }

  private long left(long came) {
    return came + patience.toNanos() - ticker.read();
  }

  private Version count(OriginOutcome outcome, Version version) {
    metrics.count(outcome);
    return version;
  }
}
