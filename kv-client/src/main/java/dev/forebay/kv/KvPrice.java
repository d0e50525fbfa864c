package dev.forebay.kv;

/**
 * What Workers KV costs on the paid plan, at list price
 * (developers.cloudflare.com/kv/platform/pricing, looked at 2026-11).
 */
public final class KvPrice {

  /** Pairs written in a month that cost nothing, and as many keys deleted. */
  public static final long FREE_OPERATIONS = 1_000_000;

  private static final double DOLLARS_PER_MILLION = 5.00;

  private KvPrice() {}

  /** Dollars for pairs written and keys deleted when nothing of a month's free ones is left. */
  public static double dollars(long operations) {
    return operations / 1e6 * DOLLARS_PER_MILLION;
  }

  /** Dollars for a month's pairs written and keys deleted. */
  public static double monthDollars(long writes, long deletes) {
    return dollars(Math.max(0, writes - FREE_OPERATIONS))
        + dollars(Math.max(0, deletes - FREE_OPERATIONS));
  }
}
