package dev.forebay.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When the documents of a model are written, as its declaration says; never what is in them.
 *
 * @param minInterval the least time between two writes of one document; zero for none
 * @param refresh how often every document is looked at again, at least a second; null: never
 * @param importance which models wait first where not everything can be written
 */
public record Cadence(Duration minInterval, @Nullable Duration refresh, Importance importance) {

  /** That of a model that says nothing. */
  public static final Cadence STANDARD = new Cadence(Duration.ZERO, null, Importance.NORMAL);
}
