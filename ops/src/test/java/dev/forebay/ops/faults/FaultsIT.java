package dev.forebay.ops.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ops.start.Lifetime;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ninety seconds of everything that can fail, then the judgement; longer ones are for {@code
 * ops/faults}. {@code -Dfaults.seed=N} repeats the choices of a run.
 */
class FaultsIT {

  private static final Logger LOG = LoggerFactory.getLogger(FaultsIT.class);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path directory;

  @Test
  void everythingFails_nothingIsLost() throws Exception {
    long seed = Long.getLong("faults.seed", new Random().nextInt(1_000_000));
    LOG.atInfo().addKeyValue("seed", seed).log("ninety seconds of faults");
    FaultOptions options =
        new FaultOptions(
            seed, Duration.ofSeconds(90), 10, directory, null, null, null, Set.of(), false);
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    Outcome outcome;
    try (Lifetime lifetime = new Lifetime()) {
      outcome = new FaultRun(options, new ProgressLine(out, false, false)).run(lifetime);
    }

    out.println(outcome.table());
    out.println(outcome.json());
    assertThat(outcome.violations().texts()).as("with -Dfaults.seed=%d", seed).isEmpty();
    assertThat(outcome.faults().values().stream().mapToInt(Integer::intValue).sum())
        .as("faults that came about")
        .isPositive();
    assertThat(outcome.documents()).isGreaterThan(150);
  }
}
