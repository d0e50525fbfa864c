package dev.forebay.api.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * How many requests each principal may send. Safe for any thread.
 *
 * <p>Memory is bounded: a principal that has been quiet for as long as its bucket takes to fill is
 * forgotten, which changes nothing, and beyond {@link #MOST_PRINCIPALS} the one that was longest
 * quiet is forgotten too.
 */
public final class RequestRates {

  private static final int MOST_PRINCIPALS = 100_000;

  private final int perSecond;
  private final int burst;
  private final LongSupplier nanoTime;
  private final Cache<String, TokenBucket> buckets;
  private final LongAdder refused = new LongAdder();

  /** Rates by the clock of the machine. */
  public RequestRates(LimitConfig config) {
    this(config, System::nanoTime);
  }

  /**
   * @param nanoTime as {@link System#nanoTime()}
   */
  RequestRates(LimitConfig config, LongSupplier nanoTime) {
    this.perSecond = config.requestsPerSecond();
    this.burst = config.burst();
    this.nanoTime = nanoTime;
    Duration filled = Duration.ofSeconds(1 + burst / Math.max(1, perSecond));
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(MOST_PRINCIPALS)
            .expireAfterAccess(filled)
            .ticker(nanoTime::getAsLong)
            .build();
  }

  /**
   * Counts a request.
   *
   * @param principal its name
   * @return zero if it may go on, else after which time one may
   */
  public Duration take(String principal) {
    if (perSecond == 0) {
      return Duration.ZERO;
    }
    long now = nanoTime.getAsLong();
    TokenBucket bucket = buckets.get(principal, name -> new TokenBucket(perSecond, burst, now));
    Duration wait = bucket.take(now);
    if (!wait.isZero()) {
      refused.increment();
    }
    return wait;
  }

  /** How many requests have been refused. */
  public long refused() {
    return refused.sum();
  }
}
