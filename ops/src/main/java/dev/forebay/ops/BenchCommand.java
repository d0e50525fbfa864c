package dev.forebay.ops;

import dev.forebay.ops.bench.OriginBench;
import dev.forebay.ops.bench.TokenBench;
import dev.forebay.ops.bench.WriteBench;
import dev.forebay.ops.start.Logging;
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
  static final class Write implements Callable<Integer> {

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

    @Override
    public Integer call() throws Exception {
      Logging.silenceConsole();
      WriteBench bench =
          new WriteBench(rounds, Duration.ofSeconds(seconds), spec.commandLine().getOut());
      return bench.run() ? ExitCode.OK : ExitCode.FAILED;
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
  static final class Tokens implements Callable<Integer> {

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

    @Override
    public Integer call() throws Exception {
      Logging.silenceConsole();
      Path example = Path.of(System.getenv().getOrDefault("FOREBAY_HOME", ""), "ops/example");
      TokenBench bench =
          new TokenBench(example, rounds, Duration.ofSeconds(seconds), spec.commandLine().getOut());
      return bench.run() ? ExitCode.OK : ExitCode.FAILED;
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
  static final class Origin implements Callable<Integer> {

    @Option(
        names = "--rounds",
        paramLabel = "N",
        defaultValue = "5",
        description = "Rounds of the comparison; default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
        names = "--seconds",
        paramLabel = "S",
        defaultValue = "4",
        description = "How long each side works in a round; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
      Logging.silenceConsole();
      OriginBench bench =
          new OriginBench(rounds, Duration.ofSeconds(seconds), spec.commandLine().getOut());
      return bench.run() ? ExitCode.OK : ExitCode.FAILED;
    }
  }
}
