package dev.forebay.ops;

import dev.forebay.ops.config.Environment;
import dev.forebay.ops.explain.ExplainDesk;
import dev.forebay.ops.explain.ExplainJson;
import dev.forebay.ops.explain.ExplainTable;
import dev.forebay.ops.explain.Explanation;
import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "explain",
    description = {
      "Say why a document is as it is: why is this key stale?",
      "",
      "Shows what KV, the ledger, PostgreSQL and the running worker say of it, and what that comes"
          + " to. What does not answer is said, the others are shown. Changes nothing."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:KV holds what PostgreSQL says",
      "1:nobody can say: KV does not answer, or the model has stopped",
      "2:no model has such a key, or the set-up is wrong",
      "4:KV does not hold what PostgreSQL says"
    },
    footerHeading = "%nEnvironment:%n",
    footer =
        "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE, FOREBAY_MODELS, FOREBAY_KV_…:"
            + " see ops/README.md.")
final class ExplainCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "KEY",
      description = "As KV has it, with or without the instance: article:hello.")
  private String key = "";

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description = "Admin port of the worker (default: ${DEFAULT-VALUE}).",
      defaultValue = "http://127.0.0.1:8081")
  private URI admin = URI.create("");

  @Option(names = "--document", description = "Show also what differs: prints row values.")
  private boolean document;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (!"http".equals(admin.getScheme()) && !"https".equals(admin.getScheme())) {
      throw new ParameterException(spec.commandLine(), "--admin: " + admin + " is no http URL");
    }
    if (json && document) {
      throw new ParameterException(
          spec.commandLine(), "explain: --json never prints row values, and takes no --document.");
    }
    try (ExplainDesk desk = new ExplainDesk(new Environment(System.getenv()).sync(), admin)) {
      Explanation facts = desk.explain(key);
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? ExplainJson.render(facts) : ExplainTable.render(facts));
      if (document) {
        out.print(ExplainTable.difference(facts));
      }
      out.flush();
      if (facts.isRight()) {
        return ExitCode.OK;
      }
      return facts.isDecided() ? ExitCode.DRIFT : ExitCode.FAILED;
    }
  }
}
