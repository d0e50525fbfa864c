package dev.forebay.api.auth.jwt;

import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
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
 * <p>Load: whatever clients send, fetches begin at least {@link #SPACING} apart, one at a time; who
 * needs its result waits for it, at most {@link JwksClient#DEADLINE}.
 *
 * <p>Safe for any thread.
 */
final class SigningKeys {

  static final Duration FRESH = Duration.ofMinutes(5);
  static final Duration SPACING = Duration.ofSeconds(10);
  static final Duration OUTAGE = Duration.ofHours(1);

  private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);

  private final JwksClient client;
  private final Ticker ticker;
  private final ReentrantLock fetching = new ReentrantLock();
  private final AtomicBoolean renewing = new AtomicBoolean();

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
   * @throws KeysUnavailableException if no keys are known, or only ones that are too old
   */
  Optional<JWK> find(String id) {
    Known now = known;
    if (now == null || age(now.since()).compareTo(OUTAGE) > 0) {
      return in(fetch(), id);
    }
    if (age(now.since()).compareTo(FRESH) > 0 && isDue()) {
      renew();
    }
    Optional<JWK> key = in(now, id);
    return key.isPresent() || !isDue() ? key : in(fetch(), id);
  }

  private static Optional<JWK> in(Known known, String id) {
    return Optional.ofNullable(known.keys().getKeyByKeyId(id));
  }

  /** Fetches, unless it was done while this waited; returns the keys that may be used then. */
  private Known fetch() {
    fetching.lock();
    try {
      if (isDue()) {
        ask();
      }
      Known now = known;
      if (now == null || age(now.since()).compareTo(OUTAGE) > 0) {
        throw new KeysUnavailableException(SPACING);
      }
      return now;
    } finally {
      fetching.unlock();
    }
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

  /** Fetches beside the requests. */
  private void renew() {
    if (renewing.compareAndSet(false, true)) {
      Thread.ofVirtual().name("jwks").start(this::renewed);
    }
  }

  private void renewed() {
    try {
      fetch();
    } catch (KeysUnavailableException e) {
      LOG.atDebug().setCause(e).log("no keys left");
    } finally {
      renewing.set(false);
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
