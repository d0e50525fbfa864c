package dev.forebay.kv.emulator;

import dev.forebay.kv.KvLimits;
import dev.forebay.kv.pace.RequestBudget;
import java.time.Duration;

/**
 * What the emulator refuses.
 *
 * @param requests API calls of an account per window; one more and every call is refused for as
 *     long as the window
 * @param keyFloor least time between two writes of one key
 * @param dailyReads keys read per UTC day and account
 * @param dailyWrites pairs written per UTC day and account
 * @param dailyDeletes keys deleted per UTC day and account
 * @param dailyLists pages listed per UTC day and account
 */
public record EmulatorLimits(
    int requests,
    Duration window,
    Duration keyFloor,
    long dailyReads,
    long dailyWrites,
    long dailyDeletes,
    long dailyLists) {

  private static final long NONE = Long.MAX_VALUE;

  /** A paid plan: 1,200 calls per 5 minutes, one write per key and second. */
  public static EmulatorLimits paid() {
    return new EmulatorLimits(
        RequestBudget.CLOUDFLARE_REQUESTS,
        RequestBudget.CLOUDFLARE_WINDOW,
        KvLimits.KEY_FLOOR,
        NONE,
        NONE,
        NONE,
        NONE);
  }

  /** The free plan: the same with daily quotas. */
  public static EmulatorLimits free() {
    return new EmulatorLimits(
        RequestBudget.CLOUDFLARE_REQUESTS,
        RequestBudget.CLOUDFLARE_WINDOW,
        KvLimits.KEY_FLOOR,
        100_000,
        1000,
        1000,
        1000);
  }

  /** None of the rates and quotas; sizes are still checked. */
  public static EmulatorLimits none() {
    return new EmulatorLimits(
        Integer.MAX_VALUE, Duration.ofMinutes(5), Duration.ZERO, NONE, NONE, NONE, NONE);
  }
}
