package dev.forebay.api.origin;

import dev.forebay.api.token.TokenConfig;
import dev.forebay.model.ReadModels;
import java.time.Duration;

/**
 * What origin reads need.
 *
 * @param models whose documents may be read
 * @param tokens the secrets that tokens and requests of the edge are signed with
 * @param cacheBytes that documents may take in memory, 1 MiB to 64 GiB
 * @param requestsPerSecond of one client of the edge in the long run, 0 to 1,000,000; 0: any number
 * @param burst requests that a client who was quiet may send at once, 1 to 1,000,000
 * @param loads documents that are built at once, 1 to {@value #MOST_LOADS}: connections of the pool
 *     that origin reads may have; leave most of them to the others
 * @param patience how long a request waits in all, 1 ms to 10 min
 */
public record OriginConfig(
    ReadModels models,
    TokenConfig tokens,
    long cacheBytes,
    int requestsPerSecond,
    int burst,
    int loads,
    Duration patience) {

  /** So many connections at most, however large the pool is. */
  public static final int MOST_LOADS = 4;

  /** The default of {@code cacheBytes}. */
  public static final long CACHE_BYTES = 64L << 20;

  /** The default of {@code requestsPerSecond}. */
  public static final int REQUESTS_PER_SECOND = 20;

  /** The default of {@code patience}: more than the edge waits for an answer. */
  public static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final int MILLION = 1_000_000;

  public OriginConfig {
    check("cacheBytes", cacheBytes, 1L << 20, 64L << 30);
    check("requestsPerSecond", requestsPerSecond, 0, MILLION);
    check("burst", burst, 1, MILLION);
    check("loads", loads, 1, MOST_LOADS);
    check("patience (ms)", patience.toMillis(), 1, 600_000);
  }

  /** With the patience that is the default. */
  public OriginConfig(
      ReadModels models,
      TokenConfig tokens,
      long cacheBytes,
      int requestsPerSecond,
      int burst,
      int loads) {
    this(models, tokens, cacheBytes, requestsPerSecond, burst, loads, PATIENCE);
  }

  /** The same, with other patience. */
  public OriginConfig withPatience(Duration other) {
    return new OriginConfig(models, tokens, cacheBytes, requestsPerSecond, burst, loads, other);
  }

  /** The share of a pool: half of it, at most {@value #MOST_LOADS} connections, at least one. */
  public static int loads(int poolSize) {
    return Math.max(1, Math.min(MOST_LOADS, poolSize / 2));
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + "; allowed is " + least + " to " + most);
    }
  }
}
