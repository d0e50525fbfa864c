package dev.forebay.ops.config;

import dev.forebay.api.origin.OriginConfig;
import dev.forebay.api.token.TokenConfig;
import dev.forebay.model.ReadModels;

/**
 * How the edge may read documents from the API.
 *
 * @param cacheBytes that they may take in memory
 * @param requestsPerSecond of one client of the edge; 0: any number
 */
public record OriginSettings(int cacheBytes, int requestsPerSecond) {

  /** As it is where nobody says otherwise. */
  public static final OriginSettings DEFAULT =
      new OriginSettings((int) OriginConfig.CACHE_BYTES, OriginConfig.REQUESTS_PER_SECOND);

  /**
   * Origin reads of these documents; a client who was quiet may ask for two seconds' worth at once.
   *
   * @param tokens whose secrets the edge has too
   * @param poolSize of the pool that they share with writes
   */
  public OriginConfig of(ReadModels models, TokenConfig tokens, int poolSize) {
    return new OriginConfig(
        models,
        tokens,
        cacheBytes,
        requestsPerSecond,
        Math.max(1, 2 * requestsPerSecond),
        OriginConfig.loads(poolSize));
  }
}
