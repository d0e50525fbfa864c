package dev.forebay.ops;

import dev.forebay.ops.bench.OriginBench;
import dev.forebay.ops.bench.TokenBench;
import dev.forebay.ops.bench.WriteBench;
import dev.forebay.ops.start.Logging;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "bench",
    description = "Measure against the bare thing, on this machine and in one run.",
    mixinStandardHelpOptions = true,
    subcommands = {BenchCommand.Write.class, BenchCommand.Tokens.class, BenchCommand.Origin.class})
final class BenchCommand {

  /** What every measurement is told, and how it ends. */
  abstract static class Measurement implements Callable<Integer> {

    @Option(
        names = "--rounds",
        paramLabel = "N",
        defaultValue = "5",
        description = "Rounds of each comparison; default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
        names = "--seconds",
        paramLabel = "S",
        defaultValue = "4",
        description = "How long each side works in a round; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Spec private CommandSpec spec = CommandSpec.create();

    /** Measures; returns whether every bound was kept. */
    abstract boolean run(int rounds, Duration turn, PrintWriter out) throws Exception;

    @Override
    public Integer call() throws Exception {
      Logging.silenceConsole();
      boolean kept = run(rounds, Duration.ofSeconds(seconds), spec.commandLine().getOut());
      return kept ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  @Command(
      name = "write",
      description = {
        "Writes through the API against a JDBC loop with the same statements.",
        "",
        "Starts a PostgreSQL of its own. Nothing else should run on the machine meanwhile.",
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:every bound was kept",
        "1:one was not; the output says which",
        "2:the command line is wrong"
      })
  static final class Write extends Measurement {

    @Override
    boolean run(int rounds, Duration turn, PrintWriter out) throws Exception {
      return new WriteBench(rounds, turn, out).run();
    }
  }

  @Command(
      name = "tokens",
      description = {
        "Patches through an API with a secret for tokens against one without.",
        "",
        "Starts a PostgreSQL of its own. Nothing else should run on the machine meanwhile.",
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:every bound was kept",
        "1:one was not; the output says which",
        "2:the command line is wrong"
      })
  static final class Tokens extends Measurement {

    @Override
    boolean run(int rounds, Duration turn, PrintWriter out) throws Exception {
      Path example = Path.of(System.getenv().getOrDefault("FOREBAY_HOME", ""), "ops/example");
      return new TokenBench(example, rounds, turn, out).run();
    }
  }

  @Command(
      name = "origin",
      description = {
        "Origin reads of documents in memory against an empty route of the same server.",
        "",
        "Starts a PostgreSQL of its own. Nothing else should run on the machine meanwhile.",
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:the bound was kept",
        "1:it was not, or PostgreSQL was asked something",
        "2:the command line is wrong"
      })
  static final class Origin extends Measurement {

    @Override
    boolean run(int rounds, Duration turn, PrintWriter out) throws Exception {
      return new OriginBench(rounds, turn, out).run();
    }
  }
}
