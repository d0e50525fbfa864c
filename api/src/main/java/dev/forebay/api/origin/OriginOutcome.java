package dev.forebay.api.origin;

import java.util.Locale;

/** How an origin read ended. */
enum OriginOutcome {
  /** With what the cache had. */
  HIT,
  /** With what was built for it. */
  LOAD,
  /** With what was built for another one. */
  JOINED,
  /** With 429, or with 503 because too many documents were being built. */
  LIMITED,
  /** With 401. */
  REFUSED,
  /** With 503, or with 500. */
  FAILED;

  /** The word in metrics. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
