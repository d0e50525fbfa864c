package dev.forebay.api.auth.jwt;

import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.forebay.api.limit.Seldom;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuer's keys, remembered.
 *
 * <p>Freshness: after {@link #FRESH} they are fetched again beside the requests, which go on with
 * the known ones; so long a key that the issuer has withdrawn is accepted. A key that is not known
 * is looked for at once: a new one serves from its first token.
 *
 * <p>Outage: if they cannot be fetched the known ones serve for {@link #OUTAGE}, then none.
 *
 * <p>Load: whatever clients send, fetches begin at least {@link #SPACING} apart, one at a time, on
 * a thread of their own. Anybody can name a key that nobody knows: of those who do, {@value
 * #STRANGERS} wait for the fetch, at most {@link #MOMENT}. The others, and those who waited for too
 * long, are told to come again: the key may be a new one, and only a fetch that has ended can say
 * that it is not. While no keys are known {@value #FIRST} wait, at most {@link
 * JwksClient#DEADLINE}.
 *
 * <p>Safe for any thread.
 */
final class SigningKeys {

  static final Duration FRESH = Duration.ofMinutes(5);
  static final Duration SPACING = Duration.ofSeconds(10);
  static final Duration OUTAGE = Duration.ofHours(1);

  /** What a token with a new key waits at most, and after which it may come again. */
  static final Duration MOMENT = Duration.ofSeconds(2);

  static final int STRANGERS = 4;
  static final int FIRST = 32;

  private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);

  private final JwksClient client;
  private final Ticker ticker;
  private final AtomicReference<@Nullable CompletableFuture<Void>> fetching =
      new AtomicReference<>();
  private final Semaphore strangers = new Semaphore(STRANGERS);
  private final Semaphore first = new Semaphore(FIRST);
  private final Seldom useless = new Seldom();

  private volatile @Nullable Known known;
  private volatile @Nullable Attempt attempt;

  /**
   * @param ticker tells ages
   */
  SigningKeys(JwksClient client, Ticker ticker) {
    this.client = client;
    this.ticker = ticker;
  }

  private record Known(JWKSet keys, long since) {}

  private record Attempt(long since, boolean failed) {}

  /**
   * Finds a key.
   *
   * @param id the {@code kid} of a token's header
   * @return empty if the issuer has no such key, or had none when it was last asked
   * @throws KeysUnavailableException if no keys are known, or only ones that are too old; or if it
   *     is not known yet whether the issuer has this one
   */
  Optional<JWK> find(String id) {
    Known now = known;
    if (now == null || isTooOld(now)) {
      return in(demand(), id);
    }
    boolean due = isDue();
    if (due && age(now.since()).compareTo(FRESH) > 0) {
      CompletableFuture<Void> unused = fetch();
    }
    Optional<JWK> key = in(now, id);
    if (key.isPresent()) {
      return key;
    }
    // Even if nothing is due: a fetch may have ended since the keys were read.
    return due ? findInNext(id) : findInLatest(id);
  }

  private Optional<JWK> findInNext(String id) {
    CompletableFuture<Void> fetch = fetch();
    boolean unused = await(fetch, strangers, MOMENT);
    // Asked before the keys are read, which are those of the fetch then.
    boolean ended = fetch.isDone();
    Optional<JWK> key = findInLatest(id);
    if (key.isEmpty() && !ended) {
      throw new KeysUnavailableException(MOMENT);
    }
    return key;
  }

  private Optional<JWK> findInLatest(String id) {
    return Optional.ofNullable(known).flatMap(latest -> in(latest, id));
  }

  private boolean isTooOld(Known keys) {
    return age(keys.since()).compareTo(OUTAGE) > 0;
  }

  private static Optional<JWK> in(Known known, String id) {
    return Optional.ofNullable(known.keys().getKeyByKeyId(id));
  }

  /** The keys that may be used, once they have been fetched. */
  private Known demand() {
    // Who finds no room may come again while the fetch still runs; the others know its outcome.
    boolean hadRoom = !isDue() || await(fetch(), first, JwksClient.DEADLINE);
    Known now = known;
    if (now != null && !isTooOld(now)) {
      return now;
    }
    if (hadRoom && useless.isDue()) {
      LOG.warn("no key of the issuer can be used; answering 503 to its tokens");
    }
    throw new KeysUnavailableException(hadRoom ? SPACING : MOMENT);
  }

  /** Fetches beside the requests, unless that is under way; returns what is done at its end. */
  private CompletableFuture<Void> fetch() {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> running = fetching.compareAndExchange(null, mine);
    if (running != null) {
      return running;
    }
    Thread.ofVirtual()
        .name("jwks")
        .start(() -> {
          try {
            // Another one may have ended since somebody looked.
            if (isDue()) {
              ask();
            }
          } finally {
            fetching.set(null);
            mine.complete(null);
          }
        });
    return mine;
  }

  /** Waits for a fetch to end, if there is room for one more who does; false if there is none. */
  private static boolean await(CompletableFuture<Void> fetch, Semaphore room, Duration most) {
    if (!room.tryAcquire()) {
      return false;
    }
    try {
      fetch.get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.atDebug().setCause(e).log("the issuer's keys did not come in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      room.release();
    }
    return true;
  }

  private void ask() {
    Attempt last = attempt;
    boolean failedBefore = last != null && last.failed();
    long begin = ticker.read();
    boolean failed = true;
    try {
      known = new Known(client.fetch(), begin);
      failed = false;
      if (failedBefore) {
        LOG.info("the issuer's keys can be fetched again");
      }
    } catch (IOException e) {
      if (!failedBefore) {
        LOG.atWarn()
            .addKeyValue("reason", e.getMessage())
            .log("the issuer's keys cannot be fetched");
      }
    } finally {
      // After any end: an error that nobody foresaw must not make every request fetch.
      attempt = new Attempt(begin, failed);
    }
  }

  private boolean isDue() {
    Attempt last = attempt;
    return last == null || age(last.since()).compareTo(SPACING) >= 0;
  }

  private Duration age(long since) {
    return Duration.ofNanos(ticker.read() - since);
  }
}
