package dev.forebay.worker.lag;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The database's clock, known from samples and carried on by this machine's own clock in between,
 * so that it goes on while the database is away. Safe for any thread.
 */
public final class DatabaseClock implements InstantSource {

  private final InstantSource local;
  private volatile Duration ahead = Duration.ZERO;

  /**
   * @param local this machine's clock
   */
  public DatabaseClock(InstantSource local) {
    this.local = local;
  }

  /** Says what the database's clock shows now. */
  public void sample(Instant databaseTime) {
    ahead = Duration.between(local.instant(), databaseTime);
  }

  @Override
  public Instant instant() {
    return local.instant().plus(ahead);
  }
}
