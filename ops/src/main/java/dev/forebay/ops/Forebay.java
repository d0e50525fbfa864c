package dev.forebay.ops;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code forebay} command: one verb for each thing a process can be. */
@Command(
    name = "forebay",
    description = "Keeps JSON documents, built from PostgreSQL, exact in Cloudflare Workers KV.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    subcommands = {
      ApiCommand.class,
      SyncCommand.class,
      DevCommand.class,
      StatusCommand.class,
      DeadCommand.class,
      ResyncCommand.class,
      ModelsCommand.class,
      VerifyCommand.class,
      ExplainCommand.class,
      TraceCommand.class,
      AdoptCommand.class,
      KeysCommand.class,
      CheckCommand.class,
      PlanCommand.class,
      TypesCommand.class,
      SchemaCommand.class,
      KvEmulatorCommand.class,
      FaultsCommand.class,
      BenchCommand.class,
      CommandLine.HelpCommand.class
    },
    mixinStandardHelpOptions = true,
    version = "forebay 0.1.0",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or stopped as told",
      "1:failed: a part ended, or an error nobody foresaw",
      "2:the command line or the set-up is wrong; nothing was started",
      "3:status: the process does not answer or is not ready",
      "4:verify, explain: KV is not what PostgreSQL says"
    },
    footer = {"", "forebay VERB --help says more, also which environment variables a verb reads."})
public final class Forebay {

  /** Made by picocli. */
  public Forebay() {}

  /**
   * Runs a verb and ends the JVM with its exit code.
   *
   * @param arguments verb and flags
   */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Forebay())
        .setExecutionExceptionHandler((e, command, result) -> explain(e, command.getErr()))
        .setUsageHelpAutoWidth(true);
  }

  /** Faults in the set-up are one line each; anything else is for us, with its stack trace. */
  private static int explain(Exception e, PrintWriter err) {
    if (e instanceof InvalidSetupException invalid) {
      for (Problem problem : invalid.problems()) {
        err.println("forebay: " + problem);
      }
      err.flush();
      return ExitCode.INVALID;
    }
    Logger log = LoggerFactory.getLogger(Forebay.class);
    log.atError().setCause(e).log("the command failed");
    err.println("forebay: " + e);
    err.flush();
    return ExitCode.FAILED;
  }
}
