package dev.forebay.ops.session;

import dev.forebay.ops.session.Run.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand sessions, with locations as Cloudflare describes them: a cache of a minute, and up
 * to a minute until a change is everywhere. {@code -Dsessions.seed=…} repeats what they do.
 */
@Tag("long")
@Timeout(value = 1, unit = TimeUnit.HOURS)
class ManySessionsIT {

  private static final int SHARED = 200;
  private static final Duration CACHE_TTL = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @Test
  void manySessions_missNoWriteOfTheirOwnNorGoBack() throws Exception {
    long seed = Long.getLong("sessions.seed", System.nanoTime());
    System.out.println("sessions seed " + seed);
    try (SessionWorld world = new SessionWorld(directory, SHARED, CACHE_TTL, seed)) {
      new Run(world, new Plan(10_000, 2_000, 6, SHARED, seed)).prove();
    }
  }
}
