package dev.forebay.ops;

import dev.forebay.ops.config.Environment;
import dev.forebay.ops.config.SyncSettings;
import dev.forebay.ops.verify.VerifyDesk;
import dev.forebay.ops.verify.VerifyReport;
import dev.forebay.ops.verify.WatchLine;
import dev.forebay.worker.verify.VerifyResult;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "verify",
    description = {
      "Compare KV with PostgreSQL; say what is missing, extra, stale or different.",
      "",
      "Lists KV and builds the documents again; what differs is looked at twice more, by its value,"
          + " so that a change on its way is no fault; nor is what the running worker is known to"
          + " be about to write. Changes nothing without --repair."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:KV is what PostgreSQL says",
      "1:it could not be verified, or not all: a backfill is under way, the worker is behind",
      "2:the command line or the set-up is wrong; nothing was done",
      "4:KV is wrong; with --repair: it was, and will be mended"
    },
    footerHeading = "%nEnvironment:%n",
    footer =
        "FOREBAY_DATABASE_URL, _USER, _PASSWORD, FOREBAY_INSTANCE, FOREBAY_MODELS, FOREBAY_KV_…:"
            + " see ops/README.md.")
final class VerifyCommand implements Callable<Integer> {

  @Option(names = "--model", paramLabel = "MODEL", description = "Only this one; may be repeated.")
  private List<String> models = List.of();

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "Only this document, as KV names it without the instance; may be repeated.")
  private List<String> keys = List.of();

  @Option(
      names = "--sample",
      paramLabel = "PERCENT",
      description = "Build only a part of the documents (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private double sample;

  @Option(names = "--deep", description = "Read the values too, 100 per request.")
  private boolean deep;

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description = "Admin port of the worker, if one runs (default: ${DEFAULT-VALUE}).",
      defaultValue = "http://127.0.0.1:8081")
  private URI admin = URI.create("");

  @Option(names = "--repair", description = "Have the worker write what is wrong again.")
  private boolean repair;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    if (!keys.isEmpty() && (!models.isEmpty() || deep || sample < 100)) {
      throw new ParameterException(
          spec.commandLine(),
          "verify: --key looks at values, and takes no --model, --sample, --deep.");
    }
    if (!(sample > 0 && sample <= 100)) {
      throw new ParameterException(
          spec.commandLine(), "verify: --sample is above 0 and at most 100.");
    }
    if (!"http".equals(admin.getScheme()) && !"https".equals(admin.getScheme())) {
      throw new ParameterException(spec.commandLine(), "--admin: " + admin + " is no http URL");
    }
    PrintWriter err = spec.commandLine().getErr();
    boolean terminal = System.getenv("FOREBAY_TERMINAL") != null;
    WatchLine line = new WatchLine(err, terminal, System::nanoTime);
    SyncSettings settings = new Environment(System.getenv()).sync();
    try (VerifyDesk desk = new VerifyDesk(settings, admin, line)) {
      VerifyResult result;
      if (keys.isEmpty()) {
        VerifyDesk.Cost cost = desk.cost(models, sample, deep);
        err.println(VerifyReport.cost(cost));
        err.flush();
        result = desk.verify(models, sample, deep);
      } else {
        result = desk.verify(keys);
      }
      line.end();
      desk.notes().forEach(note -> err.println("forebay: " + note));
      err.flush();
      if (repair) {
        desk.repair(result.drift());
      }
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? VerifyReport.json(result) : VerifyReport.table(result, repair));
      out.flush();
      if (!result.drift().isEmpty()) {
        return ExitCode.DRIFT;
      }
      return result.complete() && result.awaited().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }
  }
}
