package dev.forebay.ops;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.ops.dev.DevMode;
import dev.forebay.ops.dev.DevOptions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "dev",
    description = {
      "Run everything on this machine: PostgreSQL, the API, the sync worker and the Pages site,"
          + " with an example publication. Stays in the foreground; Ctrl-C ends all of it.",
      "",
      "ops/dev does the set-up first, then this."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "1:a part ended by itself",
      "2:a busy port, a wrong file; nothing was started",
      "130, 143:stopped by Ctrl-C or SIGTERM"
    })
final class DevCommand implements Callable<Integer> {

  @Option(
      names = "--api-port",
      paramLabel = "PORT",
      description = "Port of the API (default: ${DEFAULT-VALUE}).",
      defaultValue = "8080")
  private int apiPort;

  @Option(
      names = "--admin-port",
      paramLabel = "PORT",
      description = "Port for metrics, health and status (default: ${DEFAULT-VALUE}).",
      defaultValue = "8081")
  private int adminPort;

  @Option(
      names = "--site-port",
      paramLabel = "PORT",
      description = "Port of the Pages site and the local KV (default: ${DEFAULT-VALUE}).",
      defaultValue = "8788")
  private int sitePort;

  @Option(
      names = "--database-port",
      paramLabel = "PORT",
      description = "Port of PostgreSQL (default: ${DEFAULT-VALUE}).",
      defaultValue = "54320")
  private int databasePort;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where everything is kept (default: .forebay/dev in the repository).")
  private @Nullable Path data;

  @Option(names = "--reset", description = "Begin with an empty database and an empty KV.")
  private boolean reset;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Path home = home();
    Path directory = data == null ? home.resolve(".forebay/dev") : data;
    DevOptions options =
        new DevOptions(apiPort, adminPort, sitePort, databasePort, directory, reset);
    DevMode dev = new DevMode(options, home, node(), spec.commandLine().getOut());
    return ExitCode.of(dev.run(), spec);
  }

  /** The repository, from the launcher. */
  private static Path home() {
    String home = System.getenv().getOrDefault("FOREBAY_HOME", ".");
    Path path = Path.of(home).toAbsolutePath().normalize();
    if (!Files.exists(path.resolve("ops/example/schema.sql"))) {
      throw new InvalidSetupException(
          List.of(
              new Problem(
                  "FOREBAY_HOME",
                  path + " is not a checkout of Forebay.",
                  "Start development mode with ops/dev.")));
    }
    return path;
  }

  /** Node.js, from the launcher, else the first on the PATH. */
  private static Path node() {
    String fromLauncher = System.getenv("FOREBAY_NODE");
    if (fromLauncher != null) {
      return Path.of(fromLauncher);
    }
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      Path node = Path.of(folder, "node");
      if (Files.isExecutable(node)) {
        return node;
      }
    }
    throw new InvalidSetupException(
        List.of(
            new Problem("node", "is not on the PATH.", "Start development mode with ops/dev.")));
  }
}
