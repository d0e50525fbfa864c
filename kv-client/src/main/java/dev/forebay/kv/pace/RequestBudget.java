package dev.forebay.kv.pace;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many API requests may still be sent; one object for all clients of a process that use the
 * same account. Safe for any thread.
 *
 * <p>A token bucket that holds half of the share and refills the other half per window, so that no
 * window ever sees more than the share. The server knows better, because others use the account
 * too: its {@code Ratelimit} header lowers the bucket, and a lock-out closes it.
 */
public final class RequestBudget {

  /**
   * Cloudflare's limit for an account's API calls per window (developers.cloudflare.com, 2026-11).
   */
  public static final int CLOUDFLARE_REQUESTS = 1200;

  /** The window of {@link #CLOUDFLARE_REQUESTS}, and the length of the lock-out past it. */
  public static final Duration CLOUDFLARE_WINDOW = Duration.ofMinutes(5);

  private static final Pattern REMAINING = Pattern.compile("\\br=(\\d{1,9})\\b");
  private static final Pattern RESET = Pattern.compile("\\bt=(\\d{1,9})\\b");

  private final double capacity;
  private final double tokensPerNano;
  private double tokens;
  private Instant refilledAt = Instant.MIN;
  private Instant lockedUntil = Instant.MIN;

  /**
   * @param requests the account's limit per window
   * @param window how long it counts
   * @param share the part this process may use, above 0 and at most 1
   */
  public RequestBudget(int requests, Duration window, double share) {
    if (requests < 2 || !window.isPositive() || !(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "budget: at least 2 requests, a positive window and a share in (0, 1] are needed, not "
              + "%d, %s, %s".formatted(requests, window, share));
    }
    this.capacity = Math.max(1, requests * share / 2);
    this.tokensPerNano = capacity / window.toNanos();
    this.tokens = capacity;
  }

  /** Cloudflare's limit with a share of it. */
  public static RequestBudget cloudflare(double share) {
    return new RequestBudget(CLOUDFLARE_REQUESTS, CLOUDFLARE_WINDOW, share);
  }

  /** No limit of ours, for local servers; lock-outs still count. */
  public static RequestBudget unlimited() {
    return new RequestBudget(Integer.MAX_VALUE, Duration.ofSeconds(1), 1);
  }

  /**
   * Takes one request and returns when it may be sent: {@code now}, or later.
   *
   * <p>The request is only taken if that is not after {@code latest}; else nothing changes and the
   * caller should give up.
   */
  public synchronized Instant take(Instant now, Instant latest) {
    refill(now);
    Instant at = now;
    if (tokens < 1) {
      at = now.plusNanos((long) Math.ceil((1 - tokens) / tokensPerNano));
    }
    if (lockedUntil.isAfter(at)) {
      at = lockedUntil;
    }
    if (!at.isAfter(latest)) {
      tokens -= 1;
    }
    return at;
  }

  /** The server refuses every request until then. */
  public synchronized void lockUntil(Instant until) {
    if (until.isAfter(lockedUntil)) {
      lockedUntil = until;
    }
  }

  /** Until when the server refuses every request; in the past if it does not. */
  public synchronized Instant lockedUntil() {
    return lockedUntil;
  }

  /**
   * Corrects the budget by what the server said.
   *
   * @param ratelimit a {@code Ratelimit} header such as {@code "default";r=50;t=30}: requests that
   *     remain, seconds until they are restored. Anything else is ignored
   */
  public synchronized void correct(String ratelimit, Instant now) {
    Matcher remaining = REMAINING.matcher(ratelimit);
    Matcher reset = RESET.matcher(ratelimit);
    if (!remaining.find()) {
      return;
    }
    refill(now);
    int left = Integer.parseInt(remaining.group(1));
    tokens = Math.min(tokens, left);
    if (left == 0 && reset.find()) {
      lockUntil(now.plusSeconds(Long.parseLong(reset.group(1))));
    }
  }

  /** Requests that could be sent now without waiting. */
  public synchronized int remaining(Instant now) {
    refill(now);
    return lockedUntil.isAfter(now) ? 0 : (int) Math.max(0, tokens);
  }

  private void refill(Instant now) {
    if (refilledAt.equals(Instant.MIN)) {
      refilledAt = now;
    } else if (now.isAfter(refilledAt)) {
      long nanos = Duration.between(refilledAt, now).toNanos();
      tokens = Math.min(capacity, tokens + nanos * tokensPerNano);
      refilledAt = now;
    }
  }
}
