package dev.forebay.ops.plan;

import dev.forebay.kv.KvPrice;
import dev.forebay.kv.pace.RequestBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;

/**
 * What a change costs at Cloudflare's list price, as if nothing of a month's free quotas were left.
 *
 * <p>Prices: developers.cloudflare.com/kv/platform/pricing, paid plan, looked at 2026-11.
 *
 * @param writes pairs written; each is billed, however they are bundled
 * @param deletes keys deleted; each is billed like a write
 * @param requests bulk requests
 * @param requestsPerWindow API calls that the worker makes per five minutes at most
 * @param bytesBefore of all values before
 * @param bytesAfter of all values after
 */
public record KvCost(
    long writes,
    long deletes,
    long requests,
    int requestsPerWindow,
    long bytesBefore,
    long bytesAfter) {

  /** Storage that costs nothing: 1 GB. */
  public static final long FREE_BYTES = 1_000_000_000;

  private static final double DOLLARS_PER_GB_MONTH = 0.50;

  static KvCost of(Collection<ModelPlan> models, int requestsPerWindow) {
    return new KvCost(
        models.stream().mapToLong(ModelPlan::writes).sum(),
        models.stream().mapToLong(ModelPlan::removed).sum(),
        models.stream().mapToLong(ModelPlan::requests).sum(),
        requestsPerWindow,
        models.stream().mapToLong(ModelPlan::bytesBefore).sum(),
        models.stream().mapToLong(ModelPlan::bytesAfter).sum());
  }

  /** Dollars for the writes and deletes of this change. */
  public double changeDollars() {
    return KvPrice.dollars(writes + deletes);
  }

  /** Whether the change fits into the free quotas of a month in which nothing else is written. */
  public boolean fitsFreeOperations() {
    return writes <= KvPrice.FREE_OPERATIONS && deletes <= KvPrice.FREE_OPERATIONS;
  }

  /** Dollars a month for storage before the change. */
  public double storageDollarsBefore() {
    return bytesBefore / 1e9 * DOLLARS_PER_GB_MONTH;
  }

  /** Dollars a month for storage after the change. */
  public double storageDollarsAfter() {
    return bytesAfter / 1e9 * DOLLARS_PER_GB_MONTH;
  }

  /**
   * How long the requests take if nothing but the request budget holds them back: asked of the
   * budget that the worker's own client has.
   */
  public Duration requestTime() {
    RequestBudget budget = new RequestBudget(requestsPerWindow, RequestBudget.CLOUDFLARE_WINDOW, 1);
    Instant now = Instant.EPOCH;
    for (long i = 0; i < requests; i++) {
      now = budget.take(now, Instant.MAX);
    }
    return Duration.between(Instant.EPOCH, now);
  }
}
