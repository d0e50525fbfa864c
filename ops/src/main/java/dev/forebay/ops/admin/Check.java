package dev.forebay.ops.admin;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thing a process needs in order to do its job now.
 *
 * @param name for example {@code database}
 * @param reason asks, within about a second and from any thread, why it is not ready; empty if it
 *     is
 */
public record Check(String name, Supplier<Optional<String>> reason) {

  /** Asks now. A check that throws is not ready, for the reason it throws. */
  public Result run() {
    try {
      return new Result(name, reason.get().orElse(null));
    } catch (RuntimeException e) {
      return new Result(name, String.valueOf(e.getMessage()));
    }
  }

  /**
   * What a check found.
   *
   * @param name of the check
   * @param reason why it is not ready, or null if it is
   */
  public record Result(String name, @Nullable String reason) {

    /** True if there is no reason against it. */
    public boolean ready() {
      return reason == null;
    }
  }
}
