package dev.forebay.worker.verify;

import dev.forebay.ledger.Documents.Known;
import dev.forebay.worker.verify.Drift.Kind;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a key said.
 *
 * @param kind what is wrong; null if nothing is
 * @param held hash of KV's value; null if it has none
 * @param wanted hash of the database's document; null if there is none
 * @param known what the ledger said in between
 * @param at when, by {@link System#nanoTime}
 */
record Verdict(
    @Nullable Kind kind, @Nullable String held, @Nullable String wanted, Known known, long at) {

  static Verdict of(@Nullable String held, @Nullable String wanted, Known known) {
    return new Verdict(kind(held, wanted, known.hash()), held, wanted, known, System.nanoTime());
  }

  private static @Nullable Kind kind(
      @Nullable String held, @Nullable String wanted, @Nullable String given) {
    if (Objects.equals(held, wanted)) {
      return null;
    } else if (held == null) {
      return Kind.MISSING;
    } else if (wanted == null) {
      return Kind.EXTRA;
    }
    return held.equals(given) ? Kind.STALE : Kind.DIFFERENT;
  }

  /**
   * Whether a key that was wrong before too is wrong for good: the database has said the same all
   * the time, or KV has kept its value while the database changed.
   */
  boolean confirms(Verdict before) {
    return kind != null
        && (Objects.equals(wanted, before.wanted) || Objects.equals(held, before.held));
  }

  /** Whether it was settled so lately that KV may still show what it held before. */
  boolean isSettledWithin(Duration time) {
    Duration ago = known.settledAgo();
    return ago != null && ago.compareTo(time) < 0;
  }

  /**
   * Whether a build of this key would be written: of a key that KV holds as it was given to it, the
   * ledger does not believe that it is right. A key that other hands have changed is left alone by
   * whatever builds it, and nobody is going to mend it.
   */
  boolean wouldBeWritten() {
    return known.openUntil() != null
        || (Objects.equals(held, known.hash()) && !Objects.equals(known.hash(), wanted));
  }
}
