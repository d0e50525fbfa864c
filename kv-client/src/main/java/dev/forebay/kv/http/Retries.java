package dev.forebay.kv.http;

import dev.forebay.kv.KvException;
import dev.forebay.kv.KvListener.Wait;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Counts the attempts of one piece of work and remembers whether one of them may still be applied.
 * Belongs to one thread.
 */
final class Retries {

  private final KvHttp http;
  private final Duration floor;
  private final Instant latest;
  private int number;
  private @Nullable Instant openUntil;

  /**
   * @param floor least time between two attempts that may both be applied
   */
  Retries(KvHttp http, Duration floor) {
    this(http, floor, http.now().plus(http.retry().deadline()), 1, null);
  }

  private Retries(
      KvHttp http, Duration floor, Instant latest, int number, @Nullable Instant openUntil) {
    this.http = http;
    this.floor = floor;
    this.latest = latest;
    this.number = number;
    this.openUntil = openUntil;
  }

  /** The same history for a part of the work. */
  Retries split() {
    return new Retries(http, floor, latest, number, openUntil);
  }

  int number() {
    return number;
  }

  Instant latest() {
    return latest;
  }

  /** Until when an attempt without an answer may still be applied, null if there was none. */
  @Nullable Instant openUntil() {
    return openUntil;
  }

  /**
   * Notes a failure and waits for the next attempt.
   *
   * @param allowed whether the work may be repeated at all
   * @return false if there is to be none
   */
  boolean again(KvException cause, boolean allowed) {
    note(cause);
    if (!allowed || number >= http.retry().maxAttempts()) {
      return false;
    }
    Instant now = http.now();
    Duration delay = http.retry().delay(number, http.random());
    Instant next =
        switch (cause) {
          case KvException.Throttled e -> later(now.plus(delay), e.until());
          case KvException.Ambiguous e when !cancelled(e) ->
              later(now.plus(delay), now.plus(floor));
          case KvException.Unavailable e -> later(now.plus(delay), now.plus(floor));
          default -> Instant.MAX;
        };
    if (next.isAfter(latest)) {
      return false;
    }
    http.pause(Wait.RETRY, Duration.between(now, next));
    number++;
    return true;
  }

  /** What to throw when there is no further attempt: ambiguous if any attempt was. */
  KvException verdict(KvException cause) {
    return openUntil == null || cause instanceof KvException.Ambiguous
        ? cause
        : new KvException.Ambiguous(String.valueOf(cause.getMessage()), openUntil, cause);
  }

  private void note(KvException cause) {
    if (cause instanceof KvException.Ambiguous e
        && (openUntil == null || e.openUntil().isAfter(openUntil))) {
      openUntil = e.openUntil();
    }
  }

  private static boolean cancelled(KvException.Ambiguous e) {
    return e.getCause() instanceof KvException.Cancelled;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
