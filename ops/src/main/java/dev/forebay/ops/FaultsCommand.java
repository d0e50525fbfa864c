package dev.forebay.ops;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.ops.config.DatabaseConfig;
import dev.forebay.ops.config.Environment;
import dev.forebay.ops.faults.FaultOptions;
import dev.forebay.ops.faults.FaultRun;
import dev.forebay.ops.faults.Outcome;
import dev.forebay.ops.faults.ProgressLine;
import dev.forebay.ops.start.Lifetime;
import dev.forebay.ops.start.Logging;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "faults",
    description = {
      "Let everything fail while data change, and prove that nothing is lost.",
      "",
      "A real PostgreSQL, an emulator of KV, networks that fail and workers as processes that are"
          + " killed, stopped and doubled; then every document is compared with SQL. Without --models"
          + " it uses data of its own. With --database it CHANGES THE DATA THERE: rows get the values"
          + " of others, or are deleted and put back. Give it a copy.",
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything that is promised held",
      "1:something did not; the output says what, and the seed",
      "2:the command line or the set-up is wrong",
      "130, 143:stopped by a signal"
    })
final class FaultsCommand implements Callable<Integer> {

  private static final double MOST_CHANGES = 40;

  @Option(names = "--seed", paramLabel = "N", description = "Repeats the choices of a run.")
  private @Nullable Long seed;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = "How long faults are made (default: ${DEFAULT-VALUE}).",
      defaultValue = "2")
  private double minutes;

  @Option(
      names = "--changes-per-second",
      paramLabel = "R",
      description = "Transactions of all writers, at most 40 (default: ${DEFAULT-VALUE}).",
      defaultValue = "10")
  private double changesPerSecond;

  @Option(names = "--models", paramLabel = "FILE", description = "Your forebay.yaml.")
  private @Nullable Path models;

  @Option(
      names = "--schema",
      paramLabel = "SQL",
      description = "A file that makes and fills your tables, in a PostgreSQL of our own.")
  private @Nullable Path schema;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description = "A copy of your database, instead of --schema.")
  private @Nullable String database;

  @Option(
      names = "--i-may-change-this-database",
      description = "Needed with --database: the data there are changed for good.")
  private boolean mayChange;

  @Option(
      names = "--only",
      paramLabel = "FAULT",
      split = ",",
      description = "Make these faults only, e.g. KILL,KV_ERRORS.")
  private Set<String> kinds = new TreeSet<>();

  @Option(names = "--fail-fast", description = "End at the first broken promise.")
  private boolean failFast;

  @Option(names = "--json-only", description = "Print nothing but the last line.")
  private boolean jsonOnly;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    FaultOptions options = options();
    Files.createDirectories(options.directory());
    Logging.toFile(options.directory().resolve("faults.log"));
    // Servers and workers that fail are what is wanted.
    Logging.silenceConsole();
    ProgressLine progress =
        new ProgressLine(out, System.getenv("FOREBAY_TERMINAL") != null, jsonOnly);
    if (!jsonOnly) {
      out.printf("seed %d, logs in %s%n", options.seed(), options.directory());
    }
    AtomicReference<Outcome> found = new AtomicReference<>();
    String failure;
    try {
      failure =
          Lifetime.run(lifetime -> {
            found.set(new FaultRun(options, progress).run(lifetime));
            lifetime.finish();
          });
    } catch (InvalidSetupException e) {
      deleteAll(options.directory());
      throw e;
    }
    Outcome outcome = found.get();
    if (outcome == null) {
      return ExitCode.of(failure == null ? "stopped before the end" : failure, spec);
    }
    if (!jsonOnly) {
      out.println();
      out.println(outcome.table());
    }
    out.println(outcome.json());
    out.flush();
    deleteAll(outcome.holds() ? options.directory() : options.directory().resolve("postgres"));
    return outcome.holds() ? ExitCode.OK : ExitCode.FAILED;
  }

  private FaultOptions options() {
    long chosen = seed == null ? new Random().nextInt(1_000_000) : seed;
    String home = System.getenv().getOrDefault("FOREBAY_HOME", ".");
    Path directory =
        Path.of(home)
            .toAbsolutePath()
            .normalize()
            .resolve(".forebay/faults/" + chosen + "-" + ProcessHandle.current().pid());
    if (changesPerSecond <= 0 || changesPerSecond > MOST_CHANGES) {
      throw wrong("--changes-per-second", "is not above 0 and at most 40.", "Choose another.");
    }
    if (models == null && (schema != null || database != null)) {
      throw wrong("--models", "is missing.", "Give the forebay.yaml that fits the tables.");
    }
    if (models != null && (schema == null) == (database == null)) {
      throw wrong("--schema, --database", "one of them goes with --models.", "Give one.");
    }
    if (database != null && !mayChange) {
      throw wrong(
          "--database",
          "would be changed: rows get the values of others, are deleted and put back.",
          "Name a copy, and add --i-may-change-this-database.");
    }
    Set<String> known =
        Stream.of(FaultOptions.allKinds()).collect(Collectors.toCollection(TreeSet::new));
    for (String kind : kinds) {
      if (!known.contains(kind)) {
        throw wrong(
            "--only", "'" + kind + "' is no fault.", "Choose of: " + String.join(", ", known));
      }
    }
    return new FaultOptions(
        chosen,
        Duration.ofMillis((long) (minutes * 60_000)),
        changesPerSecond,
        directory,
        models == null ? null : models.toAbsolutePath(),
        schema,
        database == null ? null : parse(database),
        kinds,
        failFast);
  }

  private static DatabaseConfig parse(String url) {
    return new Environment(Map.of("FOREBAY_DATABASE_URL", url)).models().database();
  }

  private static InvalidSetupException wrong(String where, String what, String fix) {
    return new InvalidSetupException(List.of(new Problem(where, what, fix)));
  }

  private static void deleteAll(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
