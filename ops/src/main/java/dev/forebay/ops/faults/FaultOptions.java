package dev.forebay.ops.faults;

import dev.forebay.ops.config.DatabaseConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is to be run.
 *
 * @param seed of all choices
 * @param time during which faults are made
 * @param changesPerSecond transactions of all writers
 * @param directory where the run keeps its things
 * @param models the user's forebay.yaml; null for our own data
 * @param schema SQL that makes and fills the user's tables in a database of ours
 * @param database the user's; null for one of ours
 * @param kinds names of the faults to make; empty for all
 * @param failFast whether to end at the first broken promise
 */
public record FaultOptions(
    long seed,
    Duration time,
    double changesPerSecond,
    Path directory,
    @Nullable Path models,
    @Nullable Path schema,
    @Nullable DatabaseConfig database,
    Set<String> kinds,
    boolean failFast) {

  public FaultOptions {
    kinds = Set.copyOf(kinds);
  }

  /** The names that {@code kinds} may hold. */
  public static String[] allKinds() {
    return Stream.of(FaultKind.values()).map(FaultKind::name).toArray(String[]::new);
  }
}
