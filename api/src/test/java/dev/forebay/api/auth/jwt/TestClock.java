package dev.forebay.api.auth.jwt;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock, on the wall and for ages, that moves when a test says so. */
final class TestClock implements InstantSource, Ticker {

  private volatile Instant now = Instant.parse("2026-11-26T12:00:00Z");

  void advance(Duration duration) {
    now = now.plus(duration);
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public long read() {
    return Duration.between(Instant.parse("2026-11-26T00:00:00Z"), now).toNanos();
  }
}
