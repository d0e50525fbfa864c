package dev.forebay.ops.dev;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.ops.start.Lifetime;
import dev.forebay.ops.start.Logging;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything at once, in the foreground, until it is told to stop or a part ends. */
public final class DevMode {

  private final DevOptions options;
  private final Path home;
  private final Path node;
  private final Progress progress;

  /**
   * @param home the repository
   * @param node Node.js of at least 22.12
   * @param out where progress and addresses go
   */
  public DevMode(DevOptions options, Path home, Path node, PrintWriter out) {
    this.options = options;
    this.home = home;
    this.node = node;
    this.progress = new Progress(out);
  }

  /**
   * Starts everything and blocks.
   *
   * @return why it could not go on, or null if it was told to stop
   * @throws InvalidSetupException before anything has started, for busy ports or wrong files
   */
  public @Nullable String run() throws Exception {
    try (Lifetime lifetime = new Lifetime()) {
      lifetime.closeOnSignal();
      try {
        start(lifetime);
      } catch (Exception e) {
        if (lifetime.isClosing()) {
          return null;
        }
        throw e;
      }
      return lifetime.await();
    }
  }

  private void start(Lifetime lifetime) throws Exception {
    DevDirectory directory = prepare(lifetime);
    Orphans orphans = new Orphans(directory.processes());
    progress.step("start wrangler pages dev");
    PagesServer pages =
        lifetime.open(
            "wrangler",
            () ->
                PagesServer.launch(
                    node, home.resolve("frontend"), directory, orphans, options.sitePort()));
    pages.onExit(() -> lifetime.fail("wrangler ended by itself; its log says why"));
    progress.step("start PostgreSQL");
    DevPostgres postgres =
        lifetime.open("postgres", () -> DevPostgres.start(directory, options.databasePort()));
    postgres.onExit(() -> lifetime.fail("PostgreSQL ended by itself; its log says why"));
    pages.awaitReady();
    progress.say("site: " + pages.url());
    progress.say("database: " + postgres.url());
    progress.say("forebay: ready");
  }

  /** Takes the directory, ends what a killed predecessor left, and looks at the ports. */
  private DevDirectory prepare(Lifetime lifetime) throws Exception {
    DevDirectory directory;
    try {
      directory = lifetime.open("directory", () -> DevDirectory.open(options.data()));
    } catch (InvalidSetupException e) {
      List<Problem> problems = new ArrayList<>(DevPort.problems(options.ports()));
      problems.addAll(e.problems());
      throw new InvalidSetupException(problems);
    }
    Logging.toFile(directory.log("forebay.log"));
    endOrphans(directory);
    List<Problem> problems = DevPort.problems(options.ports());
    if (!problems.isEmpty()) {
      throw new InvalidSetupException(problems);
    }
    if (options.reset()) {
      progress.step("forget the data of earlier runs");
      directory.reset();
    }
    return directory;
  }

  private void endOrphans(DevDirectory directory) throws IOException, InterruptedException {
    int ended = new Orphans(directory.processes()).end();
    if (DevPostgres.endOrphan(directory)) {
      ended++;
    }
    if (ended > 0) {
      progress.step("ended " + ended + " processes that an earlier run left behind");
    }
  }
}
