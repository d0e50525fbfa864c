package dev.forebay.worker.verify;

import java.time.Duration;
import java.util.Collection;
import java.util.Set;

/** What a worker that leads has still to do, as far as whoever verifies can ask it. */
public interface AtWork {

  /** Nobody can be asked, or nobody leads. */
  AtWork UNKNOWN = kvKeys -> new Now(Set.of(), Duration.ZERO);

  /**
   * The worker at one moment.
   *
   * @param dirty keys whose documents it is going to settle
   * @param lag how far it is behind PostgreSQL; zero where no worker leads
   */
  record Now(Set<String> dirty, Duration lag) {
    public Now {
      dirty = Set.copyOf(dirty);
    }
  }

  /** Says which of the keys are dirty now, and how far the worker is behind. */
  Now now(Collection<String> kvKeys);
}
