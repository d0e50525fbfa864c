package dev.forebay.ops.session;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one session did, as it was told. */
sealed interface Event {

  /** What came of one request. */
  sealed interface Reply extends Event {

    /** When it was there. */
    Instant at();

    /** Seconds since 1970 until which the token that it brought is good; 0 if it brought none. */
    long expires();
  }

  /**
   * A row after a write.
   *
   * @param row for example {@code article 7}
   * @param version its number; null if the row is gone
   */
  record Mark(String row, @Nullable Integer version) {}

  /**
   * A write that was accepted.
   *
   * @param whole whether all that the transaction of this version made is the session's own
   */
  record Wrote(Mark mark, boolean whole, Instant at, long expires) implements Reply {}

  /**
   * A document that was served.
   *
   * @param document its KV key
   * @param freshness as the reply labels it
   * @param beside whether a write began and ended meanwhile, whose event is the next if it was
   *     accepted
   * @param shown versions by row; empty where there is no document
   * @param about the reply, for people
   */
  record Read(
      String document,
      String freshness,
      boolean beside,
      boolean found,
      Map<String, Integer> shown,
      Instant at,
      long expires,
      String about)
      implements Reply {

    public Read {
      shown = Map.copyOf(shown);
    }

    String model() {
      return document.substring(0, document.indexOf(':'));
    }

    String slug() {
      return document.substring(document.indexOf(':') + 1);
    }
  }

  /** Documents that were asked for before the reply about either was taken, in this order. */
  record Together(Read first, Read last) implements Event {}
}
