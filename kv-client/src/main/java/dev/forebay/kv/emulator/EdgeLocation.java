package dev.forebay.kv.emulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one place of the world sees a namespace: through a cache that keeps hits and misses alike, so
 * that a key which was read before its first write stays missing, and of a storage that hears of
 * each change at a time of its own. Safe for any thread.
 */
public final class EdgeLocation {

  private record Cached(@Nullable StoredValue value, Instant until) {}

  private final Duration cacheTtl;
  private final InstantSource clock;
  private final Hearsay storage;
  private final Map<String, Cached> cache = new HashMap<>();

  EdgeLocation(EmulatedNamespace namespace, int number, EdgeConfig config, InstantSource clock) {
    this.cacheTtl = config.cacheTtl();
    this.clock = clock;
    this.storage = new Hearsay(namespace, number, config);
  }

  /** What a Worker at this place reads: perhaps an old value, or an old absence. */
  public synchronized Optional<StoredValue> read(String key) {
    Instant now = clock.instant();
    Cached cached = cache.get(key);
    if (cached == null || !cached.until().isAfter(now)) {
      cached = new Cached(storage.find(key, now).orElse(null), now.plus(cacheTtl));
      cache.put(key, cached);
    }
    return Optional.ofNullable(cached.value()).filter(value -> !value.isExpired(now));
  }
}
