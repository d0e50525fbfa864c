package dev.forebay.worker.resync;

import dev.forebay.model.ReadModel;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * When the models that time alone may change are due to be looked at again. The first time is one
 * interval after the start, so that restarts cost nothing. Confined to one thread.
 */
final class RefreshTimer {

  private final Map<String, Duration> intervals = new LinkedHashMap<>();
  private final Map<String, Long> next = new HashMap<>();
  private final LongSupplier nanos;

  /**
   * @param nanos a clock such as {@link System#nanoTime}
   */
  RefreshTimer(Collection<? extends ReadModel> models, LongSupplier nanos) {
    this.nanos = nanos;
    for (ReadModel model : models) {
      Duration interval = model.cadence().refresh();
      if (interval != null) {
        intervals.put(model.name(), interval);
      }
    }
    asked(intervals.keySet());
  }

  /**
   * The models whose interval is over.
   *
   * @param busy those whose last look is not over: their turn comes when it is
   */
  List<String> due(Set<String> busy) {
    long now = nanos.getAsLong();
    return intervals.keySet().stream()
        .filter(model -> !busy.contains(model))
        .filter(model -> now - Objects.requireNonNull(next.get(model)) >= 0)
        .toList();
  }

  /** Begins the next interval of models. */
  void asked(Collection<String> models) {
    long now = nanos.getAsLong();
    models.forEach(
        model -> next.put(model, now + Objects.requireNonNull(intervals.get(model)).toNanos()));
  }
}
