package dev.forebay.worker;

import dev.forebay.worker.build.DocumentBuilder;
import dev.forebay.worker.dirty.Claim;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.Lane;
import dev.forebay.worker.publish.Publisher;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Takes dirty documents, builds and publishes them, one batch a turn. Several threads may take
 * turns at once: a claim belongs to one of them until it is given back.
 */
public final class Settler {

  private final DirtyDocuments dirty;
  private final DocumentBuilder builder;
  private final Publisher publisher;
  private final InstantSource clock;
  private final Duration longestRetry;

  /**
   * @param clock the clock of {@code dirty}
   * @param longestRetry how long what an unforeseen error left behind rests
   */
  public Settler(
      DirtyDocuments dirty,
      DocumentBuilder builder,
      Publisher publisher,
      InstantSource clock,
      Duration longestRetry) {
    this.dirty = dirty;
    this.builder = builder;
    this.publisher = publisher;
    this.clock = clock;
    this.longestRetry = longestRetry;
  }

  /**
   * Settles one batch; every document of it is clean, or dirty again, when this returns or throws.
   *
   * @param batch the most documents
   * @param patience how long to wait for the first of them
   */
  public void turn(int batch, Lane lane, Duration patience) throws InterruptedException {
    List<Claim> claims = dirty.claim(batch, lane, patience);
    try {
      publisher.publish(builder.build(claims));
    } finally {
      // Whatever was thrown: a claim that stayed out would hold its transactions for ever.
      dirty.retryRest(claims, clock.instant().plus(longestRetry));
    }
  }
}
