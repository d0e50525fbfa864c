package dev.forebay.api.origin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The versions that are kept, at most one for each document, all of one life of the database. Safe
 * for any thread; nothing waits.
 *
 * <p>Lives: a version of another history than the one that is kept drops all that are kept, unless
 * it is older than they. So does a snapshot that has seen fewer transactions than one that was
 * finished before it began: on one primary that cannot be, so the database was restored, has failed
 * over and lost transactions, or is a standby.
 */
final class Entries {

  /** As long as a token lives: who demands anything older demands nothing. */
  static final Duration LONGEST = Duration.ofMinutes(3);

  /** A life of the database, and how much of it has been seen. */
  record Life(String history, long xmax) {

    private static final Life UNKNOWN = new Life("", 0);
  }

  private final Cache<String, Version> versions;
  private volatile Life life = Life.UNKNOWN;

  /**
   * @param bytes all of them may take
   */
  Entries(long bytes, Ticker ticker) {
    this.versions =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((String key, Version version) -> version.weight())
            .expireAfterWrite(LONGEST)
            .ticker(ticker)
            // What is over the bound goes before the next one comes, not some time later.
            .executor(Runnable::run)
            .build();
  }

  /** The version that is kept for a KV key, or null. */
  @Nullable Version find(String kvKey) {
    Version version = versions.getIfPresent(kvKey);
    return version != null && version.history().equals(life.history()) ? version : null;
  }

  /** What is known before a version is built; {@link #keep} wants to know. */
  Life life() {
    return life;
  }

  /**
   * Keeps a version.
   *
   * @param before the life that was known before its snapshot was taken
   */
  synchronized void keep(Version version, Life before) {
    Life known = life;
    long xmax = version.snapshot().xmax();
    boolean older = xmax < known.xmax();
    boolean another = !version.history().equals(known.history());
    if (xmax < before.xmax() || (another && !older)) {
      life = new Life(version.history(), xmax);
      versions.invalidateAll();
    } else if (another) {
      return;
    } else if (!older) {
      life = new Life(version.history(), xmax);
    }
    versions.put(version.key().kvKey(), version);
  }

  /** About how many bytes they take. */
  long bytes() {
    return versions
        .policy()
        .eviction()
        .map(Policy.Eviction::weightedSize)
        .flatMap(Entries::optional)
        .orElse(0L);
  }

  private static Optional<Long> optional(OptionalLong value) {
    return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
  }
}
