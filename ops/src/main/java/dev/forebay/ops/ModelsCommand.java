package dev.forebay.ops;

import dev.forebay.ledger.ModelRegister.Entry;
import dev.forebay.ops.admin.ModelReport;
import dev.forebay.ops.config.Environment;
import dev.forebay.ops.start.LedgerDesk;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "models",
    description = "Show the models whose documents KV holds; delete those of a removed one.",
    synopsisSubcommandLabel = "VERB",
    commandListHeading = "%nVerbs:%n",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:MODEL is not one that was removed, or no resync of it is due; nothing was done",
      "2:the command line or the set-up is wrong; nothing was done"
    },
    footerHeading = "%nEnvironment:%n",
    footer = "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE: see ops/README.md.")
final class ModelsCommand {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Command(
      description =
          "List them: documents in KV, whether the file declares them, what is under way.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(names = "--json", description = "An array of objects, for scripts.") boolean json)
      throws Exception {
    try (LedgerDesk desk = open()) {
      List<Entry> models = desk.ask(ledger -> ledger.models().list());
      Map<String, Long> documents = desk.ask(ledger -> ledger.documents().countByModel());
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? ModelReport.json(models, documents) : ModelReport.table(models, documents));
      out.flush();
    }
    return ExitCode.OK;
  }

  @Command(
      description = {
        "Delete the documents of a model that forebay.yaml declares no more.",
        "",
        "A running worker begins within seconds, else the next one. Without this it begins 24 hours"
            + " after a worker has started without the model."
      },
      mixinStandardHelpOptions = true)
  int drop(@Parameters(paramLabel = "MODEL", description = "As models list shows it.") String model)
      throws Exception {
    try (LedgerDesk desk = open()) {
      if (desk.ask(ledger -> ledger.models().sweep(model))) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("forebay: the documents of " + model + " will be deleted from KV");
        out.flush();
        return ExitCode.OK;
      }
      boolean known =
          desk.ask(ledger -> ledger.models().list()).stream()
              .anyMatch(entry -> entry.name().equals(model));
      PrintWriter err = spec.commandLine().getErr();
      err.println(
          "forebay: "
              + model
              + (known
                  ? " is declared. Remove it from forebay.yaml, start the worker with that, then"
                      + " drop it."
                  : " is no model that was published; forebay models list shows them."));
      err.flush();
      return ExitCode.FAILED;
    }
  }

  @Command(
      description = {
        "Set how fast a model's documents are looked at, for the resync that is due or under way.",
        "",
        "A running worker goes on at that pace within a second; the next resync has none."
      },
      mixinStandardHelpOptions = true)
  int pace(
      @Parameters(paramLabel = "MODEL", description = "As models list shows it.") String model,
      @Parameters(
              paramLabel = "N",
              description = "Documents a second, or 0 for as fast as the others.")
          int perSecond)
      throws Exception {
    if (perSecond < 0) {
      throw new ParameterException(spec.commandLine(), "models pace: N is 0 or more.");
    }
    @Nullable Integer rate = perSecond == 0 ? null : perSecond;
    try (LedgerDesk desk = open()) {
      if (desk.ask(ledger -> ledger.models().pace(model, rate))) {
        return ExitCode.OK;
      }
      PrintWriter err = spec.commandLine().getErr();
      err.println("forebay: no resync of " + model + " is due; forebay models list shows them.");
      err.flush();
      return ExitCode.FAILED;
    }
  }

  private static LedgerDesk open() throws Exception {
    return new LedgerDesk(new Environment(System.getenv()).key());
  }
}
